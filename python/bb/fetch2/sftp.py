# SPDX-License-Identifier: Apache-2.0
"""sftp sources: one file by sftp, with keys, not passwords. /~/ begins at the user's home there."""

import os
import shlex

from bb.fetch2.errors import ParameterError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, runfetchcmd
from bb.fetch2.uri import URI


class SFTP(FetchMethod):
    def supports(self, ud, d):
        return ud.type == "sftp"

    def recommends_checksum(self, urldata):
        return True

    def urldata_init(self, ud, d):
        if ud.parm.get("protocol") == "git":
            raise ParameterError("Invalid protocol - if you wish to fetch from a git repository using ssh, you need to use the git:// "
                                 "prefix with protocol=ssh", ud.url)
        ud.basename = ud.localfile = ud.parm.get("downloadfilename") or os.path.basename(ud.path)

    def download(self, ud, d):
        uri = URI(ud.url)
        path = uri.path[3:] if uri.path.startswith("/~/") else uri.path
        where = "%s%s:%s" % (uri.userinfo + "@" if uri.userinfo else "", uri.hostname, path)
        target = os.path.join(d.getVar("DL_DIR"), ud.localfile)
        part = target + ".tmp"
        port = "-P %d " % uri.port if uri.port else ""
        command = "sftp -oBatchMode=yes %s%s %s" % (port, shlex.quote(where), shlex.quote(part))
        check_network_access(d, command, ud.url)
        runfetchcmd(command, d, cleanup=[part])
        os.rename(part, target)
        return True
