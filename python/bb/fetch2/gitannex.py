# SPDX-License-Identifier: Apache-2.0
"""gitannex sources: a git repository whose large files git-annex keeps."""

import shlex

from bb.fetch2.errors import FetchError
from bb.fetch2.git import Git
from bb.fetch2.network import runfetchcmd


class GitANNEX(Git):
    def supports(self, ud, d):
        return ud.type == "gitannex"

    def urldata_init(self, ud, d):
        super().urldata_init(ud, d)
        if ud.shallow:
            ud.shallow_extra_refs += ["refs/heads/git-annex", "refs/heads/synced/*"]

    def _works(self, ud, command, d, folder):
        try:
            runfetchcmd("%s %s" % (ud.basecmd, command), d, quiet=True, workdir=folder)
            return True
        except FetchError:
            return False

    def uses_annex(self, ud, d, wd):
        return self._works(ud, "rev-list git-annex --", d, wd)

    def _get(self, ud, d, folder, what, inside):
        runfetchcmd("%s annex get %s" % (ud.basecmd, what), d, quiet=True, workdir=folder)
        runfetchcmd("chmod u+w -R %s" % shlex.quote("%s/%s" % (folder, inside)), d, quiet=True, workdir=folder)

    def download(self, ud, d):
        super().download(ud, d)
        if (not ud.shallow or ud.localpath != ud.fullshallow) and self.uses_annex(ud, d, ud.clonedir):
            if self._works(ud, "annex get --all", d, ud.clonedir):
                runfetchcmd("chmod u+w -R %s/annex" % shlex.quote(ud.clonedir), d, quiet=True, workdir=ud.clonedir)

    def clone_shallow_local(self, ud, dest, d):
        super().clone_shallow_local(ud, dest, d)
        self._works(ud, "annex init", d, dest)
        if self.uses_annex(ud, d, dest):
            self._get(ud, d, dest, "", ".git/annex")

    def unpack(self, urldata, rootdir, data, update=False):
        ud, d = urldata, data
        super().unpack(ud, rootdir, d)
        self._works(ud, "annex init", d, ud.destdir)
        if self.uses_annex(ud, d, ud.destdir):
            self._get(ud, d, ud.destdir, "", ".git/annex")
