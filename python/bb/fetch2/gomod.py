# SPDX-License-Identifier: Apache-2.0
"""Go modules: gomod:// from a module proxy, gomodgit:// from a repository; both become what the go command finds
in its module cache (go.dev/ref/mod, "Module cache")."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import zipfile

from bb import utils
from bb.fetch2 import network
from bb.fetch2.errors import MissingParameterError
from bb.fetch2.git import Git
from bb.fetch2.uri import encodeurl
from bb.fetch2.wget import Wget

_GO = "golang.org"  # whose module proxy BitBake asks when GO_MOD_PROXY names none


def escape(path):
    """Capital letters as the go command writes them in file names."""
    return re.sub("[A-Z]", lambda found: "!" + found.group().lower(), path)


def _module_of(ud):
    if "version" not in ud.parm:
        raise MissingParameterError("version", ud.url)
    ud.parm["module"] = ud.host + (ud.path if ud.path != "/" else "")
    return ud.parm["module"], ud.parm["version"]


def _cache_dir(d):
    return d.getVar("GO_MOD_CACHE_DIR") or "pkg/mod"


def _bare_mod(module):
    """A module without a go.mod has one that only names it."""
    return b"module %s\n" % module.encode()


class GoMod(Wget):
    """A module's zip file, or with ;mod=1 its go.mod alone."""

    def supports(self, ud, d):
        return ud.type == "gomod"

    def urldata_init(self, ud, d):
        module, version = _module_of(ud)
        suffix = ".mod" if ud.parm.get("mod", "0") == "1" else ".zip"
        path = escape("%s/@v/%s%s" % (module, version, suffix))
        ud.url = encodeurl(("https", d.getVar("GO_MOD_PROXY") or "proxy." + _GO, "/" + path, None, None, None))
        ud.parm["downloadfilename"] = "%s@%s%s" % (module.replace("/", "."), version, suffix)
        ud.parm["name"] = "%s@%s" % (module, version)
        ud.parm["unpackpath"] = os.path.join(_cache_dir(d), "cache/download", path)
        super().urldata_init(ud, d)

    def unpack(self, ud, rootdir, d):
        target = os.path.join(rootdir, ud.parm["unpackpath"])
        ud.unpack_tracer.unpack("file-copy", os.path.dirname(target))
        utils.mkdirhier(os.path.dirname(target))
        shutil.copyfile(ud.localpath, target)
        if not target.endswith(".zip"):
            return
        module = ud.parm["module"]
        with zipfile.ZipFile(target) as archive, open(target[:-len(".zip")] + ".mod", "wb") as out:
            try:
                out.write(archive.read("%s@%s/go.mod" % (module, ud.parm["version"])))
            except KeyError:
                out.write(_bare_mod(module))


class GoModGit(Git):
    """A module out of its repository, which ;repo= names when it is not the module's path."""

    def supports(self, ud, d):
        return ud.type == "gomodgit"

    def urldata_init(self, ud, d):
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
        super().urldata_init(ud, d)

    def unpack(self, ud, rootdir, d, update=False):
        super().unpack(ud, rootdir, d)
        bare = os.path.join(rootdir, ud.parm["subdir"])
        with open(bare + ".info", "wb") as out:
            out.write(ud.parm["key"])
        module, version, inside = ud.parm["module"], ud.parm["version"], ud.parm.get("subpath", "")
        folder = os.path.join(rootdir, _cache_dir(d), "cache/download", escape(module), "@v")
        utils.mkdirhier(folder)

        def blob(name):
            return subprocess.run(["git", "-C", bare, "cat-file", "blob", "%s:%s" % (ud.revision, name)], check=True, stdout=subprocess.PIPE).stdout

        names = network.runfetchcmd("git ls-tree -r --name-only %s %s" % (ud.revision, shlex.quote(inside) if inside else ""), d,
                                    workdir=bare).split()
        own = os.path.join(inside, "go.mod")
        stem = os.path.join(folder, escape(version))
        with open(stem + ".mod", "wb") as out:
            out.write(blob(own) if own in names else _bare_mod(module))
        with zipfile.ZipFile(stem + ".zip", "w") as archive:
            for name in names:
                archive.writestr("%s@%s/%s" % (module, version, name), blob(name))
