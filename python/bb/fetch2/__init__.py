# SPDX-License-Identifier: Apache-2.0
"""Sources: what SRC_URI names, brought to DL_DIR, checked by its sha256, and unpacked."""

import collections
import hashlib
import os
import re
import subprocess
import urllib.parse

import bb
from bb import utils
from bb.fetch2.uri import URI  # noqa: F401
from hitz import witness

CHECKSUM_LIST = ["md5", "sha256", "sha1", "sha384", "sha512"]
SHOWN_CHECKSUM_LIST = ["sha256"]
FETCH_EXPORT_VARS = ["HOME", "PATH", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy",
                     "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "GIT_SSL_CAINFO",
                     "GIT_SSH", "GIT_SSH_COMMAND", "SSL_CERT_FILE", "SSL_CERT_DIR"]


class BBFetchException(Exception):
    def __init__(self, message):
        self.msg = message
        super().__init__(message)

    def __str__(self):
        return self.msg


class MalformedUrl(BBFetchException):
    def __init__(self, url, message=""):
        self.url = url
        super().__init__(message or "The URL: '%s' is invalid and cannot be interpreted" % url)


class FetchError(BBFetchException):
    def __init__(self, message, url=None):
        self.url = url
        super().__init__("Fetcher failure for URL: '%s'. %s" % (url, message) if url else "Fetcher failure: %s" % message)


class ChecksumError(FetchError):
    def __init__(self, message, url=None, checksum=None):
        self.checksum = checksum
        super().__init__(message, url)


class NoChecksumError(FetchError):
    """A remote file without a checksum in its recipe."""


class UnpackError(BBFetchException):
    def __init__(self, message, url):
        self.url = url
        super().__init__("Unpack failure for URL: '%s'. %s" % (url, message))


class NoMethodError(BBFetchException):
    def __init__(self, url):
        self.url = url
        super().__init__("Could not find a fetcher which supports the URL: '%s'" % url)


class ParameterError(BBFetchException):
    def __init__(self, message, url):
        self.url = url
        super().__init__("URL: '%s' has invalid parameters. %s" % (url, message))


class MissingParameterError(BBFetchException):
    def __init__(self, missing, url):
        self.missing, self.url = missing, url
        super().__init__("URL: '%s' is missing the required parameter '%s'" % (url, missing))


class NetworkAccess(BBFetchException):
    def __init__(self, url, cmd):
        self.url, self.cmd = url, cmd
        super().__init__("Network access disabled through BB_NO_NETWORK (or set indirectly due to use of BB_FETCH_PREMIRRORONLY) "
                         "but access requested with command %s (for url %s)" % (cmd, url))


def decodeurl(url):
    """(type, host, path, user, password, parameters) of a URL."""
    match = re.fullmatch(r"(?P<type>[^:]*)://((?P<user>[^/;]+)@)?(?P<location>[^;]+)(;(?P<params>.*))?", url, re.DOTALL)
    if not match:
        raise MalformedUrl(url)
    kind, location, user = match.group("type"), match.group("location"), match.group("user") or ""
    password = ""
    if kind == "file":  # "file://name@.service" has no user
        host, path, user = "", (user + "@" if user else "") + location, ""
    else:
        host, slash, rest = location.partition("/")
        path = slash + rest if slash else "/"
        if "@" in host and not user:
            user, host = host.rsplit("@", 1)
    if ":" in user:
        user, password = user.split(":", 1)
    params = collections.OrderedDict()
    for item in (match.group("params") or "").split(";"):
        if item:
            key, equal, value = item.partition("=")
            params[key] = value if equal else ""
    return kind, host, urllib.parse.unquote(path), user, password, params


def encodeurl(decoded):
    """The inverse of decodeurl."""
    kind, host, path, user, password, params = decoded
    if not kind:
        raise MalformedUrl(str(decoded), "there is no type in %s" % (decoded,))
    url = kind + "://"
    if user and kind != "file":
        url += user + (":" + password if password else "") + "@"
    if host and kind != "file":
        url += host
    url += urllib.parse.quote(re.sub("//+", "/", path) if path else path, safe="/~+:@,=%")
    return url + "".join(";%s=%s" % item if item[1] else ";" + item[0] for item in (params or {}).items())


def get_fetcher_environment(d):
    """The variables that fetch commands see."""
    out = {}
    origin = d.getVar("BB_ORIGENV", False)
    for name in FETCH_EXPORT_VARS:
        value = d.getVar(name) or (origin.getVar(name) if origin else None) or os.environ.get(name)
        if value:
            out[name] = value
    return out


def runfetchcmd(cmd, d, quiet=False, cleanup=None, log=None, workdir=None):
    """Runs a command with the fetchers' environment; its output. On failure what is named in cleanup is removed."""
    env = {**get_fetcher_environment(d), "PSEUDO_DISABLED": "1"}
    try:
        return bb.process.run(cmd, shell=isinstance(cmd, str), env=env, cwd=workdir, log=log, stderr=subprocess.STDOUT)[0]
    except bb.process.CmdError as exc:
        for path in cleanup or []:
            utils.remove(path, True)
        raise FetchError("Fetch command %s failed: %s" % (cmd if isinstance(cmd, str) else " ".join(cmd), exc)) from exc


def mirror_from_string(data):
    """Pairs of (pattern, replacement)."""
    words = (data or "").replace("\\n", " ").split()
    if len(words) % 2:
        bb.warn("Invalid mirror data %s, should have paired members." % data)
    return list(zip(words[0::2], words[1::2]))


def localpath(url, d):
    return Fetch([url], d).localpath(url)


def _search_file(name, filespath):
    """A file:// source: its path, and the places that were tried; only the last one can be there."""
    return (name, [name]) if os.path.isabs(name) else utils.which(filespath, name, history=True)


class FetchData:
    """What is known of one URL."""

    def __init__(self, url, d, localonly=False):
        self.url = url
        self.type, self.host, self.path, self.user, self.pswd, self.parm = decodeurl(d.expand(url))
        self.proto = self.parm.get("protocol", self.type)
        self.name = self.parm.get("name", "default")
        self.names = self.name.split(",")
        self.mirrortarballs = []
        self.basename = self.parm.get("downloadfilename") or os.path.basename(self.path)
        self.method = _method(self.type, url)
        self.method.prepare(self, d)
        if self.type == "file":
            self.localpath = _search_file(self.path, d.getVar("FILESPATH") or "")[0]
            self.localfile = self.path
        else:
            self.localfile = self.basename
            self.localpath = os.path.join(d.getVar("DL_DIR"), self.method.local_name(self))
        self.donestamp = self.localpath + ".done"
        self.lockfile = self.localpath + ".lock"
        prefix = "" if self.name == "default" else self.name + "."
        self.expected = {kind: d.getVarFlag("SRC_URI", prefix + kind + "sum") or self.parm.get(kind + "sum") for kind in CHECKSUM_LIST}
        self.debian_sha256 = d.getVarFlag("SRC_URI", prefix + "debsrc.sha256sum")
        self.revision = None
        if self.method.supports_srcrev:
            self.revisions = {each: revision.revision_of(self, d, each) for each in self.names}
            self.revision = self.revisions[self.names[0]]

    def setup_localpath(self, d):
        """The local path is known from the start."""


def _method(kind, url):
    from bb.fetch2 import crate, debsrc, git, gomod, wget
    methods = {"http": wget.Wget, "https": wget.Wget, "ftp": wget.Wget, "file": wget.Local, "debsrc": debsrc.DebSrc, "git": git.Git,
               "gitsm": git.GitWithModules, "crate": crate.Crate,
               "gomod": gomod.GoMod, "gomodgit": gomod.GoModGit}
    if kind not in methods:
        raise NoMethodError(url)
    return methods[kind]()


def accepted_sums(ud):
    """The sha256 values that a recipe names for a source: upstream's, and that of Debian's repack."""
    return [text for text in (ud.expected.get("sha256"), ud.debian_sha256) if text]


def verify_checksum(ud, d, path=None):
    """Raises unless a downloaded file has a checksum that its recipe names."""
    path = path or ud.localpath
    if ud.type == "file" or not ud.method.has_checksum:
        return
    actual = utils.sha256_file(path)
    wanted = accepted_sums(ud)
    flag = "sha256sum" if ud.name == "default" else "%s.sha256sum" % ud.name
    if not wanted:
        strong = {k: v for k, v in ud.expected.items() if v and k != "sha256"}
        for kind, value in strong.items():
            if hashlib.new(kind, open(path, "rb").read()).hexdigest() == value:
                return
        if strong:
            raise ChecksumError("Checksum mismatch for %s" % path, ud.url, actual)
        raise NoChecksumError("No checksum specified for '%s'; add to the recipe:\nSRC_URI[%s] = \"%s\"" % (path, flag, actual), ud.url)
    if actual not in wanted:
        raise ChecksumError("Checksum mismatch!\nFile: '%s' has sha256 checksum '%s' when '%s' was expected\n"
                            "If this change is expected, put this line into the recipe:\nSRC_URI[%s] = \"%s\"" % (path, actual, wanted[0], flag, actual),
                            ud.url, actual)


def _mirrored(url, pairs, d):
    """The URLs that a mirror list makes of one."""
    out = []
    kind, host, path, user, password, params = decodeurl(url)
    plain = "%s://%s%s" % (kind, host, path)
    for pattern, replacement in pairs:
        match = re.match(d.expand(pattern), plain)
        if not match:
            continue
        target = d.expand(replacement)
        target = target.replace("BASENAME", os.path.basename(path)).replace("HOST", host).replace("PATH", path.lstrip("/")).replace("TYPE", kind)
        if target.endswith("/") or (not os.path.splitext(target.split("/")[-1])[1] and not target.startswith("debsrc://")):
            target = target.rstrip("/") + "/" + (params.get("downloadfilename") or os.path.basename(path))
        if target not in out:
            out.append(target)
    return out


class Fetch:
    """The sources of a recipe."""

    def __init__(self, urls, d, cache=True, localonly=False, connection_cache=None):
        self.urls = list(urls) or (d.getVar("SRC_URI") or "").split()
        self.d = d
        self.ud = collections.OrderedDict()
        for url in self.urls:
            if url not in self.ud and not (localonly and not url.startswith("file://")):
                self.ud[url] = FetchData(url, d, localonly)

    def localpath(self, url):
        if url not in self.urls:
            self.ud[url] = FetchData(url, self.d)
        return self.ud[url].localpath

    def localpaths(self):
        return [ud.localpath for ud in self.ud.values()]

    def expanded_urldata(self, urls=None):
        return [self.ud[u] for u in urls or self.urls if u in self.ud]

    def download(self, urls=None):
        """Brings every source to DL_DIR."""
        network = not utils.to_boolean(self.d.getVar("BB_NO_NETWORK"), False)
        for ud in self.expanded_urldata(urls):
            if ud.type == "file":
                if not ud.localpath:
                    tried = _search_file(ud.path, self.d.getVar("FILESPATH") or "")[1]
                    raise FetchError("Unable to find file %s anywhere to download to %s. The paths that were searched were:\n    %s"
                                     % (ud.url, self.d.getVar("DL_DIR"), "\n    ".join(tried)), ud.url)
                continue
            utils.mkdirhier(os.path.dirname(ud.localpath))
            with utils.fileslocked([ud.lockfile]):
                self._one(ud, network)

    def _one(self, ud, network):
        if ud.method.is_done(ud, self.d):
            return
        failures = []
        only_mirrors = utils.to_boolean(self.d.getVar("BB_FETCH_PREMIRRORONLY"), False)
        tries = [(u, True) for u in _mirrored(ud.url, mirror_from_string(self.d.getVar("PREMIRRORS")), self.d)]
        if self.d.getVar("SOURCE_MIRROR_URL") and "own-mirrors" in (self.d.getVar("INHERIT") or ""):
            tries.insert(0, (self.d.getVar("SOURCE_MIRROR_URL").rstrip("/") + "/" + ud.localfile, True))
        if not only_mirrors:
            tries.append((ud.url, False))
            tries += [(u, True) for u in _mirrored(ud.url, mirror_from_string(self.d.getVar("MIRRORS")), self.d)]
        for url, mirror in tries:
            try:
                self._try(ud, url, network)
                return
            except (BBFetchException, OSError) as exc:
                failures.append("%s: %s" % (url.split(";")[0], exc))
                bb.note("cannot get %s from %s: %s" % (ud.localfile, url.split(";")[0], exc))
                if isinstance(exc, (ChecksumError, NoChecksumError)) and not mirror:
                    raise
        raise FetchError("Unable to fetch URL from any source. Tried:\n  " + "\n  ".join(failures), ud.url)

    def _try(self, ud, url, network):
        source = FetchData(url, self.d) if url != ud.url else ud
        if not network and source.type != "file":
            raise NetworkAccess(url, "fetch %s" % url)
        if not trusted_network(self.d, url):
            raise NetworkAccess(url, "fetch %s (not in BB_ALLOWED_NETWORKS)" % url)
        partial = ud.localpath + ".partial"
        try:
            source.method.download(source, ud, partial, self.d)
            if ud.method.has_checksum:
                verify_checksum(ud, self.d, partial)
                os.rename(partial, ud.localpath)
        except BaseException:
            if not source.method.resumes or isinstance(__import__("sys").exc_info()[1], (ChecksumError, NoChecksumError)):
                utils.remove(partial, True)
            raise
        with open(ud.donestamp, "w"):
            pass

    def checkstatus(self, urls=None):
        """Raises unless every source is there already."""
        for ud in self.expanded_urldata(urls):
            if ud.type != "file" and not ud.method.is_done(ud, self.d):
                raise FetchError("URL doesn't work", ud.url)

    def unpack(self, root, urls=None):
        """Unpacks every source under a folder."""
        for ud in self.expanded_urldata(urls):
            ud.method.unpack(ud, root, self.d)

    def clean(self, urls=None):
        for ud in self.expanded_urldata(urls):
            if ud.type != "file":
                for path in (ud.localpath, ud.donestamp, ud.lockfile, ud.localpath + ".partial"):
                    utils.remove(path, True)


def trusted_network(d, url):
    """Whether BB_ALLOWED_NETWORKS, of the recipe or of all, lets a URL be asked."""
    if utils.to_boolean(d.getVar("BB_NO_NETWORK")):
        return True
    pn = d.getVar("PN")
    allowed = (d.getVarFlag("BB_ALLOWED_NETWORKS", pn, False) if pn else None) or d.getVar("BB_ALLOWED_NETWORKS")
    host = decodeurl(url)[1].split(":")[0].lower()
    if not allowed or not host:
        return True
    return any(host == one or (one.startswith("*.") and ("." + host).endswith(one[1:])) for one in allowed.lower().split(" "))


def get_checksum_file_list(d):
    """"path:True" for every local source: its content belongs to the task's hash."""
    out = []
    for url in (d.getVar("SRC_URI") or "").split():
        if url.startswith("file://"):
            path = decodeurl(d.expand(url))[2]
            filespath = d.getVar("FILESPATH") or ""
            with witness.quiet():  # what this flag says is looked at again before a recipe is taken from the cache
                found, tried = _search_file(path, filespath)
                there = os.path.exists(tried[-1])
            if not found:
                bb.fatal("Unable to get checksum for %s SRC_URI entry %s: file could not be found. Paths searched:\n    %s"
                         % (d.getVar("PN"), path, "\n    ".join(tried)))
            # A file that appears earlier on the path would be taken instead: those places count too.
            out += [place + ":False" for place in tried[:-1]] + ["%s:%s" % (tried[-1], there)]
    return " ".join(out)


def get_srcrev(d, method_name="sortable_revision"):
    """The revisions of SRC_URI as PV has them."""
    text = revision.revisions(d, method_name)[0]
    if not text:
        raise FetchError("SRCREV was used yet no valid SCM was found in SRC_URI")
    return text


def get_pkgv_string(d, method_name="sortable_revision"):
    """As get_srcrev, and "" where no source has revisions."""
    return revision.revisions(d, method_name)[0]


def get_hashvalue(d, method_name="sortable_revision"):
    """The whole revisions of SRC_URI, for hashes."""
    return " ".join(revision.revisions(d, method_name)[1])


def get_autorev(d):
    """Marks a recipe as one that follows its source."""
    if d.getVar("BB_SRCREV_POLICY") != "cache":
        d.setVar("BB_DONT_CACHE", "1")
    d.setVar("__BBAUTOREV_SEEN", True)
    return "AUTOINC"


from bb.fetch2 import revision  # noqa: E402
from bb.fetch2.unpack import unpack_file  # noqa: E402,F401
