# SPDX-License-Identifier: Apache-2.0
"""Which revision of a repository a recipe means, and how PV and hashes speak of it."""

import re

from bb import fetch2


def revision_of(ud, d, name):
    """The revision that SRCREV and its kin, ;rev= or ;tag= name; for AUTOINC the newest there is."""
    pn = d.getVar("PN")
    names = (["SRCREV_%s:pn-%s" % (name, pn)] if name and pn else []) + (["SRCREV_%s" % name] if name else [])
    names += (["SRCREV:pn-%s" % pn] if pn else []) + ["SRCREV"]
    found = next((value for value in map(d.getVar, names) if value and value != "INVALID"), None)
    given = ud.parm.get("rev")
    if given is not None:
        if found and found != given:
            raise fetch2.FetchError("Conflicting revisions (%s from SRCREV and %s from the url) found, please specify one valid value"
                                    % (found, given), ud.url)
        return given
    if not found and "tag" in ud.parm:
        return ud.parm["tag"]
    if not found:
        raise fetch2.FetchError("Please set a valid SRCREV for url %s (possible key names are %s, or use a ;rev=X URL parameter)"
                                % (ud.url, ", ".join(names)), ud.url)
    if found == "AUTOINC":
        d.setVar("__BBAUTOREV_ACTED_UPON", True)
        return ud.method.latest_revision(ud, d, name)
    return found


_running = False  # what SRC_URI expands to may ask for revisions itself
_WITHOUT = re.compile(r"(file|https?|ftp)://[^;]+(;.*)?")  # files have no revisions, whatever else is said of them


def _repositories(d):
    """What is known of the repositories in SRC_URI."""
    urls = dict.fromkeys((d.getVar("SRC_URI") or "").split())
    every = (fetch2.FetchData(url, d) for url in urls if not _WITHOUT.fullmatch(url))
    return [ud for ud in every if ud.method.supports_srcrev]


def revisions(d, method_name="sortable_revision"):
    """(the text for PV, all revisions) of the repositories in SRC_URI; ("", []) where there is none."""
    global _running
    if not d.getVar("__BBSRCREV_SEEN"):  # a write makes d forget all that it has expanded
        d.setVar("__BBSRCREV_SEEN", "1")
    if _running:
        raise fetch2.FetchError("There are recursive references in fetcher variables, likely through SRC_URI")
    _running = True
    try:
        repositories = _repositories(d)
        found = [(name, *getattr(ud.method, method_name)(ud, d, name)) for ud in repositories for name in ud.names]
    finally:
        _running = False
    if not found:
        return "", []
    short = {name: rev[:10] for name, _, rev in found}
    text = short[found[0][0]] if len(found) == 1 else _by_format(d, short, repositories)
    prefix = "AUTOINC+" if any(not_sortable for _, not_sortable, _ in found) else ""
    return prefix + text, [rev for _, _, rev in found]


def _by_format(d, short, repositories):
    """SRCREV_FORMAT with each name replaced by its revision; a name within another's does not count."""
    wanted = d.getVar("SRCREV_FORMAT")
    if not wanted:
        raise fetch2.FetchError("The SRCREV_FORMAT variable must be set when multiple SCMs are used.\nThe SCMs are:\n%s"
                                % "\n".join(ud.url for ud in repositories))
    names = "|".join(re.escape(name) for name in sorted(short, key=len, reverse=True))
    return re.sub(names, lambda match: short[match.group(0)], wanted)
