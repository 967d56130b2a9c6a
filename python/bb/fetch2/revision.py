# SPDX-License-Identifier: Apache-2.0
"""Which revision of a repository a recipe means, and how PV and hashes speak of it.

What a repository has said is kept for the run in CACHE, since recipes are read and tasks are run by different processes
and have to mean the same; with BB_SRCREV_POLICY = "cache" it is kept for the next runs too."""

import json
import os
import re
import time

import bb
from bb import utils
from bb.fetch2.errors import FetchError
from bb.fetch2.urldata import FetchData

_RUN = "%d %d" % (os.getpid(), time.time_ns())  # all processes of a run are forked from the one that began
_said = {}


def policy(d):
    """Whether what repositories said in an earlier run still counts: "cache" or "clear"."""
    text = d.getVar("BB_SRCREV_POLICY") or "clear"
    if text not in ("cache", "clear"):
        raise FetchError("Invalid SRCREV cache policy of: %s" % text)
    return text


class _Kept:
    """The file of what repositories have said: {"run": ..., "revisions": {key: revision}}."""

    def __init__(self, d):
        folder = d.getVar("CACHE")
        self.path = os.path.join(folder, "hitz-revisions.json") if folder else None
        self.keeps = policy(d) == "cache"

    def read(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                kept = json.load(file)
            return kept["revisions"] if self.keeps or kept["run"] == _RUN else {}
        except (OSError, ValueError, KeyError, TypeError):  # none, or a damaged one, says nothing
            return {}

    def add(self, key, revision):
        if not self.path:
            return
        try:
            utils.mkdirhier(os.path.dirname(self.path))
            with utils.fileslocked([self.path + ".lock"]):
                part = "%s.%d" % (self.path, os.getpid())
                with open(part, "w", encoding="utf-8") as file:
                    json.dump({"run": _RUN, "revisions": {**self.read(), key: revision}}, file, indent=1, sort_keys=True)
                os.replace(part, self.path)
        except OSError as exc:  # then the next process asks again
            bb.debug(1, "%s is not written: %s" % (self.path, exc))


def newest(key, d, ask):
    """The newest revision by key: as this run knows it, or as ask() says."""
    if key not in _said:
        kept = _Kept(d)
        found = kept.read().get(key) if kept.path else None
        if found is None:
            found = ask()
            kept.add(key, found)
        _said[key] = found
    return _said[key]


def forget():
    """Repositories are asked anew."""
    _said.clear()


def known():
    return dict(_said)


def mark_recipe_nocache(d):
    """A recipe that follows its source is read again in the next run."""
    if d.getVar("BB_SRCREV_POLICY") != "cache":
        d.setVar("BB_DONT_CACHE", "1")


def get_autorev(d):
    """Marks a recipe as one that follows its source."""
    mark_recipe_nocache(d)
    d.setVar("__BBAUTOREV_SEEN", True)
    return "AUTOINC"


def srcrev_internal_helper(ud, d, name):
    """The revision that SRCREV and its kin, ;rev= or ;tag= name; for AUTOINC the newest there is."""
    pn = d.getVar("PN")
    names = (["SRCREV_%s:pn-%s" % (name, pn)] if name and pn else []) + (["SRCREV_%s" % name] if name else [])
    names += (["SRCREV:pn-%s" % pn] if pn else []) + ["SRCREV"]
    found = next((value for value in map(d.getVar, names) if value and value != "INVALID"), None)
    given = ud.parm.get("rev")
    if given is not None:
        if found and found != given:
            raise FetchError("Conflicting revisions (%s from SRCREV and %s from the url) found, please specify one valid value" % (found, given))
        return given
    if not found and "tag" in ud.parm:
        return ud.parm["tag"]
    if not found:
        raise FetchError("Please set a valid SRCREV for url %s (possible key names are %s, or use a ;rev=X URL parameter)"
                         % (ud.url, ", ".join(names)), ud.url)
    if found == "AUTOINC":
        d.setVar("__BBAUTOREV_ACTED_UPON", True)
        return ud.method.latest_revision(ud, d, name)
    return found


revision_of = srcrev_internal_helper
_running = False  # what SRC_URI expands to may ask for revisions itself
_WITHOUT = re.compile(r"((file|https?|ftp)://[^;]+|crate://[^/;]+/[^/;]+/[^/;]+)(;.*)?")  # files have no revisions, whatever else is said of them


def _repositories(d):
    """What is known of the repositories in SRC_URI."""
    urls = dict.fromkeys((d.getVar("SRC_URI") or "").split())
    every = (FetchData(url, d) for url in urls if not _WITHOUT.fullmatch(url))
    return [ud for ud in every if ud.method.supports_srcrev()]


def revisions(d, method_name="sortable_revision"):
    """(the text for PV, all revisions) of the repositories in SRC_URI; ("", []) where there is none."""
    global _running
    if not d.getVar("__BBSRCREV_SEEN"):  # a write makes d forget all that it has expanded
        d.setVar("__BBSRCREV_SEEN", "1")
    if _running:
        raise FetchError("There are recursive references in fetcher variables, likely through SRC_URI")
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
        raise FetchError("The SRCREV_FORMAT variable must be set when multiple SCMs are used.\nThe SCMs are:\n%s"
                         % "\n".join(ud.url for ud in repositories))
    names = "|".join(re.escape(name) for name in sorted(short, key=len, reverse=True))
    return re.sub(names, lambda match: short[match.group(0)], wanted)


def get_srcrev(d, method_name="sortable_revision"):
    """The revisions of SRC_URI as PV has them."""
    text = revisions(d, method_name)[0]
    if not text:
        raise FetchError("SRCREV was used yet no valid SCM was found in SRC_URI")
    return text


def get_pkgv_string(d, method_name="sortable_revision"):
    """As get_srcrev, and "" where no source has revisions."""
    return revisions(d, method_name)[0]


def get_hashvalue(d, method_name="sortable_revision"):
    """The whole revisions of SRC_URI, for hashes."""
    return " ".join(revisions(d, method_name)[1])
