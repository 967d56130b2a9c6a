# SPDX-License-Identifier: Apache-2.0
"""Go modules: gomod:// from a module proxy, gomodgit:// from a repository; both become what the go command finds
in its module cache (go.dev/ref/mod, "Module cache")."""

import hashlib
import os
import re
import shlex
import shutil
import zipfile

from bb import fetch2, utils
from bb.fetch2 import git, wget


_GO = "golang.org"  # whose module proxy BitBake asks when GO_MOD_PROXY names none


def _escaped(path):
    """Capital letters as the go command writes them in file names."""
    return re.sub("[A-Z]", lambda found: "!" + found.group().lower(), path)


def _module_of(ud):
    if "version" not in ud.parm:
        raise fetch2.MissingParameterError("version", ud.url)
    ud.parm["module"] = ud.host + (ud.path if ud.path != "/" else "")
    return ud.parm["module"], ud.parm["version"]


def _cache_dir(d):
    return d.getVar("GO_MOD_CACHE_DIR") or "pkg/mod"


class GoMod(wget.Wget):
    """A module's zip file, or with ;mod=1 its go.mod alone."""

    def prepare(self, ud, d):
        module, version = _module_of(ud)
        suffix = ".mod" if ud.parm.get("mod", "0") == "1" else ".zip"
        path = _escaped("%s/@v/%s%s" % (module, version, suffix))
        ud.address = ud.url = "https://%s/%s" % (d.getVar("GO_MOD_PROXY") or "proxy." + _GO, path)
        ud.parm["downloadfilename"] = ud.basename = "%s@%s%s" % (module.replace("/", "."), version, suffix)
        ud.parm["name"] = ud.name = "%s@%s" % (module, version)
        ud.names = [ud.name]
        ud.parm["unpackpath"] = os.path.join(_cache_dir(d), "cache/download", path)

    def address(self, source):
        return getattr(source, "address", None) or super().address(source)

    def unpack(self, ud, root, d):
        target = os.path.join(root, ud.parm["unpackpath"])
        utils.mkdirhier(os.path.dirname(target))
        shutil.copyfile(ud.localpath, target)
        if not target.endswith(".zip"):
            return
        module = ud.parm["module"]
        with zipfile.ZipFile(target) as archive, open(target[:-len(".zip")] + ".mod", "wb") as out:
            try:
                out.write(archive.read("%s@%s/go.mod" % (module, ud.parm["version"])))
            except KeyError:  # a module without a go.mod has one that only names it
                out.write(b"module %s\n" % module.encode())


class GoModGit(git.Git):
    """A module out of its repository, which ;repo= names when it is not the module's path."""

    def prepare(self, ud, d):
        module, version = _module_of(ud)
        if "repo" in ud.parm:
            ud.host, slash, path = ud.parm["repo"].partition("/")
            ud.path = slash + path
        ud.parm.setdefault("protocol", "https")
        ud.name = "%s@%s" % (module, version)
        ud.names = [ud.name]
        known = d.getVar("SRCREV_" + ud.name)
        if known:
            ud.parm.setdefault("srcrev", known)
        elif "srcrev" in ud.parm:
            d.setVar("SRCREV_" + ud.name, ud.parm["srcrev"])
        if "branch" not in ud.parm:
            ud.parm["nobranch"] = "1"
        if "subdir" in ud.parm:
            ud.parm["subpath"] = ud.parm["subdir"]
        ud.parm["key"] = ("git3:%s://%s%s" % (ud.parm["protocol"], ud.host, ud.path)).encode()
        ud.parm["subdir"] = os.path.join(_cache_dir(d), "cache/vcs", hashlib.sha256(ud.parm["key"]).hexdigest())
        ud.parm["bareclone"] = "1"
        super().prepare(ud, d)

    def unpack(self, ud, root, d):
        bare = os.path.join(root, ud.parm["subdir"])
        utils.remove(bare, True)
        utils.mkdirhier(os.path.dirname(bare))
        fetch2.runfetchcmd("git clone --bare -s %s %s" % (shlex.quote(ud.localpath), shlex.quote(bare)), d)
        with open(bare + ".info", "wb") as out:
            out.write(ud.parm["key"])
        module, version = ud.parm["module"], ud.parm["version"]
        folder = os.path.join(root, _cache_dir(d), "cache/download", _escaped(module), "@v")
        utils.mkdirhier(folder)
        inside = ud.parm.get("subpath", "")

        def shown(what):
            return fetch2.runfetchcmd("git -C %s %s" % (shlex.quote(bare), what), d, quiet=True)

        names = shown("ls-tree -r --name-only %s %s" % (ud.revision, shlex.quote(inside) if inside else "")).split()
        own = os.path.join(inside, "go.mod")
        stem = os.path.join(folder, _escaped(version))
        with open(stem + ".mod", "w", encoding="utf-8") as out:
            out.write(shown("cat-file blob %s:%s" % (ud.revision, shlex.quote(own))) if own in names else "module %s\n" % module)
        with zipfile.ZipFile(stem + ".zip", "w") as archive:
            for name in names:
                fetch2.runfetchcmd("git -C %s cat-file blob %s:%s > %s" % (
                    shlex.quote(bare), ud.revision, shlex.quote(name), shlex.quote(stem + ".part")), d, quiet=True)
                archive.write(stem + ".part", "%s@%s/%s" % (module, version, name))
        utils.remove(stem + ".part")
