# SPDX-License-Identifier: Apache-2.0
"""gitsm sources: a git repository with its submodules, each a bare clone of its own in DL_DIR."""

import collections
import contextlib
import copy
import os
import shlex

from bb.fetch2.errors import BBFetchException, FetchError
from bb.fetch2.fetcher import Fetch
from bb.fetch2.git import Git
from bb.fetch2.network import logger, runfetchcmd

# A submodule: its name, its path in the checkout, its URL, and a datastore that knows its revision.
Submodule = collections.namedtuple("Submodule", "name path url d")


def _gitmodules(text):
    """{name: {"path": ..., "url": ...}} of a .gitmodules file."""
    out, inside = {}, {}
    for line in text.splitlines():
        if line.startswith("[submodule"):
            inside = out.setdefault(line.split('"')[1], {})
            continue
        key, equal, value = line.strip().partition("=")
        if equal and key.strip() in ("path", "url"):
            inside[key.strip()] = value.strip()
    return out


def _as_source(url, parent):
    """(protocol, gitsm:// URL) of what .gitmodules calls a URL."""
    if "://" in url:
        protocol = url.split(":", 1)[0]
        return protocol, url.replace(protocol + ":", "gitsm:", 1)
    if ":" not in url:
        return "file", "gitsm://" + url
    if ":/" in url:
        return "ssh", "gitsm://" + url.replace(":/", "/", 1)
    logger.warning("Submodule included by %s refers to relative ssh reference %s.  References may fail if not absolute.", parent.url, url)
    return "ssh", "gitsm://" + url.replace(":", "/", 1)


class GitSM(Git):
    def supports(self, ud, d):
        return ud.type == "gitsm"

    def _submodules(self, ud, folder, d):
        """The submodules that the revisions have, as a repository says that has them."""
        out = []
        for name in ud.names:
            revision = ud.revisions[name]
            try:
                text = runfetchcmd("%s show %s:.gitmodules" % (ud.basecmd, revision), d, quiet=True, workdir=folder)
            except FetchError:
                continue  # it has none
            for module, said in _gitmodules(text).items():
                if "path" in said and "url" in said:
                    out += self._submodule(ud, revision, module, said, folder, d)
        return out

    def _submodule(self, ud, revision, module, said, folder, d):
        try:
            entry = runfetchcmd("%s ls-tree -z -d %s %s" % (ud.basecmd, revision, shlex.quote(said["path"])), d, quiet=True, workdir=folder)
        except FetchError:
            entry = ""
        if not entry:
            logger.debug("submodule %s is defined, but is not initialized in the repository. Skipping", module)
            return []
        address = said["url"]
        if address.startswith(("..", "./")):
            beside = copy.copy(ud)
            beside.path = os.path.normpath(os.path.join(ud.path, address))
            address = self._get_repo_url(beside)
        protocol, url = _as_source(address, ud)
        if url.endswith(ud.host + ud.path):
            raise FetchError("Submodule refers to the parent repository, which would wait for itself. Consider using git fetcher instead.", ud.url)
        url += ";protocol=%s;name=%s;subpath=%s;nobranch=1;lfs=%d;bareclone=1;nobranch=1" % (protocol, module, module, self._need_lfs(ud))
        own = d.createCopy()
        own.setVar("SRCREV_%s" % module, entry.split()[2])
        own.setVar("SRCPV", d.getVar("SRCPV"))  # only the outer repository's matters
        own.setVar("SRCREV_FORMAT", module)
        return [Submodule(module, said["path"], url, own)]

    @contextlib.contextmanager
    def _readable(self, ud, d, rather_tarball):
        """A folder that knows the revisions: the clone, or a shallow tarball unpacked for a while."""
        if not ud.shallow or not os.path.exists(ud.fullshallow) or not (rather_tarball or not os.path.exists(ud.clonedir)):
            yield ud.clonedir
            return
        import tempfile
        with tempfile.TemporaryDirectory(dir=d.getVar("DL_DIR")) as folder:
            runfetchcmd("tar -xzf %s" % shlex.quote(ud.fullshallow), d, workdir=folder)
            yield folder

    def _known(self, ud, d, rather_tarball):
        if not rather_tarball and not os.path.exists(ud.clonedir) and not ud.shallow:
            return []
        with self._readable(ud, d, rather_tarball) as folder:
            return self._submodules(ud, folder, d) if os.path.isdir(folder) else []

    def need_update(self, ud, d):
        if super().need_update(ud, d):
            return True
        for module in self._known(ud, d, not os.path.exists(ud.clonedir)):
            try:
                inner = Fetch([module.url], module.d, cache=False).ud[module.url]
                if inner.method.need_update(inner, module.d):
                    logger.debug("gitsm: %s requires an update", module.path)
                    return True
            except BBFetchException as exc:
                logger.error("gitsm: submodule update check failed: %s %s", type(exc).__name__, exc)
        return False

    def download(self, ud, d):
        super().download(ud, d)
        for module in self._known(ud, d, self.need_update(ud, d)):
            try:
                Fetch([module.url], module.d, cache=False).download()
            except BBFetchException as exc:
                logger.error("gitsm: submodule download failed: %s %s", type(exc).__name__, exc)
                raise

    def unpack(self, urldata, rootdir, data, update=False):
        ud, d = urldata, data
        super().unpack(ud, rootdir, d)
        modules = self._submodules(ud, ud.destdir, d)
        inside = ud.destdir if ud.bareclone else os.path.join(ud.destdir, ".git")
        for module in modules:
            self._unpack_module(ud, module, os.path.join(inside, "modules", module.name), d)
        if modules and not ud.bareclone:
            skip = "" if self._need_lfs(ud) or ud.basecmd.startswith("GIT_LFS") else "GIT_LFS_SKIP_SMUDGE=1 "
            runfetchcmd("%s%s submodule update --recursive --no-fetch" % (skip, ud.basecmd), d, quiet=True, workdir=ud.destdir)

    def _unpack_module(self, ud, module, place, d):
        """A submodule's repository is put where git looks for it, and git is told not to look elsewhere."""
        fetch = Fetch([module.url], module.d, cache=False)
        fetch.ud[module.url].modpath = module.path  # for who traces what is unpacked
        try:
            fetch.unpack(root=os.path.dirname(place))
        except BBFetchException as exc:
            logger.error("gitsm: submodule unpack failed: %s %s", type(exc).__name__, exc)
            raise

        def configure(name, value):
            runfetchcmd("%s config %s %s" % (ud.basecmd, shlex.quote("submodule.%s.%s" % (module.name, name)), shlex.quote(value)), d,
                        workdir=ud.destdir)

        configure("url", fetch.localpath(module.url))
        if ud.shallow:
            configure("shallow", "true")
        runfetchcmd("%s config core.bare false" % ud.basecmd, d, quiet=True, workdir=place)

    def clean(self, urldata, d):
        for module in self._known(urldata, d, True):
            try:
                Fetch([module.url], module.d, cache=False).clean()
            except BBFetchException as exc:
                logger.warning("gitsm: submodule clean failed: %s %s", type(exc).__name__, exc)
        super().clean(urldata, d)

    def implicit_urldata(self, ud, d):
        out = []
        for module in self._known(ud, d, self.need_update(ud, d)):
            out += Fetch([module.url], module.d, cache=False).expanded_urldata()
        return out
