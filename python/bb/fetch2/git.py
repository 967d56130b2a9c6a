# SPDX-License-Identifier: Apache-2.0
"""git sources by the git tool: a bare clone in DL_DIR, a checkout of SRCREV in the work folder."""

import os
import re
import shlex

from bb import fetch2, utils
from bb.fetch2 import method


class Git(method.Method):
    has_checksum = False
    supports_srcrev = True

    def prepare(self, ud, d):
        ud.proto = ud.parm.get("protocol") or ("git" if ud.host else "file")
        if ud.proto not in ("git", "file", "ssh", "http", "https", "rsync"):
            raise fetch2.ParameterError("Invalid protocol type: '%s'" % ud.proto, ud.url)
        if not ud.parm.get("branch") and "1" not in (ud.parm.get("nobranch"), ud.parm.get("usehead")):
            raise fetch2.ParameterError("The url does not set any branch parameter or set nobranch=1.", ud.url)

    def sortable_revision(self, ud, d, name):
        """(whether the revision says nothing about order, the revision)."""
        return True, ud.revisions[name]

    def latest_revision(self, ud, d, name):
        """The revision that the branch is at in the repository itself."""
        if utils.to_boolean(d.getVar("BB_NO_NETWORK"), False) and ud.proto != "file":
            raise fetch2.NetworkAccess(ud.url, "git ls-remote %s" % self._url(ud))
        named = ud.parm.get("branch") and ud.parm.get("usehead") != "1"
        wanted = "refs/heads/" + ud.parm["branch"] if named else "HEAD"
        for line in fetch2.runfetchcmd("git ls-remote %s %s" % (shlex.quote(self._url(ud)), shlex.quote(wanted)), d).splitlines():
            found, _, ref = line.partition("\t")
            if ref == wanted:
                return found
        raise fetch2.FetchError("there is no %s in %s" % (wanted, self._url(ud)), ud.url)

    def local_name(self, ud):
        return "git2/" + re.sub(r"[/:]", ".", ud.host + ud.path)

    def _url(self, ud):
        return "%s://%s%s%s" % (ud.proto, ud.user + "@" if ud.user else "", ud.host, ud.path)

    def is_done(self, ud, d):
        if not os.path.isdir(ud.localpath) or not ud.revision:
            return False
        try:
            fetch2.runfetchcmd("git -C %s cat-file -e %s^{commit}" % (shlex.quote(ud.localpath), ud.revision), d, quiet=True)
            return True
        except fetch2.FetchError:
            return False

    def download(self, source, ud, partial, d):
        if not ud.revision:
            raise fetch2.FetchError("SRCREV is not set", ud.url)
        if not os.path.isdir(ud.localpath):
            utils.remove(partial, True)
            fetch2.runfetchcmd("git clone --bare --mirror %s %s" % (shlex.quote(self._url(source)), shlex.quote(partial)), d, cleanup=[partial])
            os.rename(partial, ud.localpath)
        else:
            fetch2.runfetchcmd("git -C %s fetch -f --tags %s 'refs/*:refs/*'" % (shlex.quote(ud.localpath), shlex.quote(self._url(source))), d)
        if not self.is_done(ud, d):
            raise fetch2.FetchError("there is no revision %s in %s" % (ud.revision, self._url(ud)), ud.url)

    def unpack(self, ud, root, d):
        target = os.path.join(root, ud.parm.get("destsuffix", "git"))
        utils.remove(target, True)
        shared = "" if d.getVar("BB_GIT_NOSHARED") == "1" else "-s "
        fetch2.runfetchcmd("git clone -n %s%s %s" % (shared, shlex.quote(ud.localpath), shlex.quote(target)), d)
        fetch2.runfetchcmd("git -C %s checkout -q %s" % (shlex.quote(target), ud.revision), d)


class GitWithModules(Git):
    """gitsm: a repository with its submodules."""

    def unpack(self, ud, root, d):
        super().unpack(ud, root, d)
        if utils.to_boolean(d.getVar("BB_NO_NETWORK"), False):
            raise fetch2.NetworkAccess(ud.url, "git submodule update")
        target = os.path.join(root, ud.parm.get("destsuffix", "git"))
        fetch2.runfetchcmd("git -C %s submodule update --init --recursive" % shlex.quote(target), d)
