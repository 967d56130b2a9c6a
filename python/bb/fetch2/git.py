# SPDX-License-Identifier: Apache-2.0
"""git sources by the git tool: a bare clone in DL_DIR, a checkout of SRCREV in the work folder."""

import os
import re
import shlex

from bb import fetch2, utils


class Git:
    has_checksum = False
    resumes = False

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
        fetch2.runfetchcmd("git clone -n -s %s %s" % (shlex.quote(ud.localpath), shlex.quote(target)), d)
        fetch2.runfetchcmd("git -C %s checkout -q %s" % (shlex.quote(target), ud.revision), d)
