# SPDX-License-Identifier: Apache-2.0
"""bzr sources, as the older release has them: a branch in DL_DIR/bzr, packed into a tarball of the revision."""

import os
import shlex

from bb import utils
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, runfetchcmd
from bb.fetch2.release import is_2_8


class Bzr(FetchMethod):
    has_revisions = True

    def supports(self, ud, d):
        return ud.type == "bzr" and is_2_8()

    def urldata_init(self, ud, d):
        folder = d.getVar("BZRDIR") or (d.getVar("DL_DIR") or "") + "/bzr"
        ud.pkgdir = os.path.join(folder, ud.host, self._strip_leading_slashes(ud.path))
        ud.basecmd = d.getVar("FETCHCMD_bzr") or "/usr/bin/env bzr"
        ud.setup_revisions(d)
        ud.localfile = d.expand("bzr_%s_%s_%s.tar.gz" % (ud.host, ud.path.replace("/", "."), ud.revision))

    def _address(self, ud):
        return shlex.quote("%s://%s%s" % (ud.parm.get("protocol", "http"), ud.host, ud.path))

    def _asked(self, ud, d, command, workdir=None):
        check_network_access(d, command, ud.url)
        return runfetchcmd(command, d, workdir=workdir)

    def download(self, ud, d):
        name = os.path.basename(ud.pkgdir)
        branch, rev = os.path.join(ud.pkgdir, name), "-r %s " % shlex.quote(ud.revision) if ud.revision else ""
        if os.access(os.path.join(branch, ".bzr"), os.R_OK):
            self._asked(ud, d, "%s pull %s--overwrite" % (ud.basecmd, rev), branch)
        else:
            utils.remove(branch, True)
            utils.mkdirhier(ud.pkgdir)
            self._asked(ud, d, "%s branch %s%s" % (ud.basecmd, rev, self._address(ud)), ud.pkgdir)
        leave_out = "" if ud.parm.get("scmdata") == "keep" else "--exclude='.bzr' --exclude='.bzrtags' "
        part = ud.localpath + ".tmp"
        runfetchcmd("tar %s-czf %s %s" % (leave_out, shlex.quote(part), shlex.quote(name)), d, cleanup=[part], workdir=ud.pkgdir)
        os.rename(part, ud.localpath)

    def _revision_key(self, ud, d, name):
        return "bzr:" + ud.pkgdir

    def _latest_revision(self, ud, d, name):
        return self._asked(ud, d, "%s revno %s" % (ud.basecmd, self._address(ud))).strip()

    def sortable_revision(self, ud, d, name):
        return False, ud.revision
