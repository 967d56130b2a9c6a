# SPDX-License-Identifier: Apache-2.0
"""Which release of a tarball is the newest: read from the pages that link to it.

UPSTREAM_CHECK_URI names the page, UPSTREAM_CHECK_REGEX what a link looks like ("pver" is the version). Without them it is
the folder of the tarball, and where that is named after a version, its neighbours."""

import functools
import html.parser
import re

import bb
from bb import utils
from bb.fetch2.uri import encodeurl

# it-, it+_, gst-it- or it (unzip552) or 80325-it; 1.2, 3_6, 0.15.1b; and what comes behind.
_LETTERS = "[a-zA-Z]"
_NAME = r"(?:%s[a-zA-Z0-9]*(?:[-_]%s\w+)*\+?[-_]|%s+|[0-9]+-?%s+)" % ((_LETTERS,) * 4)
_VERSION = r"(?:[A-Z]*\d+%s*[._-]*)+" % _LETTERS
_ARCH = "-source|_all_"
_SUFFIX = r"(?:(?:(?:orig|src|stable|svnr\d+)\.)?tar\.\w+|(?:src\.)?(?:tgz|rpm)|zip|xz|bz2)"
_TAIL = r"(?P<pver>%s)(?P<arch>%s)?[.-]" % (_VERSION, _ARCH)
_ARCHIVE = re.compile(r"(?P<name>%s?\.?v?)%s(?P<type>%s$)" % (_NAME, _TAIL, _SUFFIX))
_FOLDER_OF_VERSION = re.compile(r"([^/]*\d(?:[-_]r\d+)*)/")
_VERSION_FOLDER = re.compile(r"(?P<pfx>\D*)(?P<ver>\d+(?:[._-]\d+)*)")


class _Links(html.parser.HTMLParser):
    """The links of a page: (where to, the link as it is written)."""

    def __init__(self, page):
        super().__init__(convert_charrefs=False)
        self.found, self._inside = [], False
        self.feed(page)
        self.close()

    def _add(self, text):
        if self._inside:
            self.found[-1][1] += text

    def handle_starttag(self, tag, attrs):
        to = dict(attrs).get("href") if tag == "a" else None
        if to is not None:
            self._inside = True
            self.found.append([to, ""])
        self._add(self.get_starttag_text())

    def handle_endtag(self, tag):
        self._add("</%s>" % tag)
        if tag == "a":
            self._inside = False

    def handle_data(self, data):
        self._add(data)

    def handle_entityref(self, name):
        self._add("&%s;" % name)

    def handle_charref(self, name):
        self._add("&#%s;" % name)


def links(page):
    return [(to, text) for to, text in _Links(page).found]


def _comparable(version):
    """A version whose stages of release are numbers: 1.0rc2 is before 1.0 as 1.0.1000.2 is not, but after 1.0beta."""
    if version[:1] in (".", "-"):
        version = version[1] + version[0] + version[2:] if version[1:2].isdigit() else version[1:]
    version = re.sub("[-_]", ".", version)
    for word, number in (("rc", ".1000."), ("beta", ".100."), ("alpha", ".10.")):
        version = re.sub("(%s)+" % word, number, version)
    return version[1:] if version[:1] == "v" else version


def compare(old, new):
    return utils.vercmp(("0", _comparable(old), ""), ("0", _comparable(new), ""))


def newest_of(versions):
    """The newest of some version texts; "" of none."""
    key = functools.cmp_to_key(lambda a, b: utils.vercmp(("0", a, ""), ("0", b, "")))
    return max(versions, key=key, default="")


class Releases:
    """The releases of what a URL names."""

    def __init__(self, method, ud, d):
        self.method, self.ud, self.d = method, ud, d
        self.package = ud.parm.get("downloadfilename") or ud.path.split("/")[-1]

    def _found(self, text):
        """(name, version, suffix) of a link's text; None when it is of something else."""
        match = self.pattern.search(text)
        if not match:
            return None
        groups = match.groupdict()
        return tuple(groups.get(name, "") or "" for name in ("name", "pver", "type"))

    def _pattern(self):
        given = self.d.getVar("UPSTREAM_CHECK_REGEX")
        if given:
            return re.compile(given)
        match = _ARCHIVE.search(self.package)
        if not match:
            return None
        return re.compile(r"(?P<name>%s)%s(?P<type>%s)" % (re.escape(match["name"]), _TAIL, _SUFFIX))

    def _page(self, uri):
        return links(self.method._fetch_index(uri, self.ud, self.d))

    def _newest_on(self, uri):
        best = None
        for to, text in self._page(uri):
            new = self._found(to) or self._found(text)
            if new and (best is None or self._is_newer(best, new)):
                best = new
        return best[1].replace("_", ".") if best else ""

    def _is_newer(self, old, new):
        if new[2] and not re.search(_SUFFIX, new[2]):
            bb.warn("%s has a possible unknown suffix: %s" % (new[0], new[2]))
            return False
        return old[0] == new[0] and compare(old[1], new[1]) < 0

    def _url(self, path):
        return encodeurl((self.ud.type, self.ud.host, path, self.ud.user, self.ud.pswd, {}))

    def _newest_in_folders(self, folder):
        """Looks into every folder whose version is not older than this one's."""
        match = _VERSION_FOLDER.fullmatch(folder)
        at, best = match["ver"] if match else folder, ""
        for to, _ in self._page(self._url(self.ud.path.split(folder)[0])):
            found = _VERSION_FOLDER.fullmatch(to.strip("/"))
            if not found or compare(at, found["ver"]) > 0:
                continue
            name = found["pfx"].split("/")[-1] + found["ver"]
            best = self._newest_on(self._url(self.ud.path.replace(folder, name, 1).split(self.package)[0])) or best
            at = found["ver"]
        return best

    def newest(self):
        """(version, "")."""
        if not re.search(r"\d+", self.package):
            return re.sub("[-_]", ".", self.d.getVar("PV")), ""
        self.pattern = self._pattern()
        if self.pattern is None:
            bb.warn("latest_versionstring: package %s don't match pattern" % self.package)
            return "", ""
        given = self.d.getVar("UPSTREAM_CHECK_URI")
        if given:
            return self._newest_on(given), ""
        path = self.ud.path.split(self.package)[0]
        folders = _FOLDER_OF_VERSION.findall(path)
        if folders:
            folder = folders[-1]
            if not re.search(r"%s\d?" % re.escape(self.d.getVar("PN")), folder):
                return self._newest_in_folders(folder), ""
        return self._newest_on(self._url(path)), ""
