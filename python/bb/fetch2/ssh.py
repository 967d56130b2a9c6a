# SPDX-License-Identifier: Apache-2.0
"""ssh sources: a file or a folder copied by scp. ~ after the host's slash is the user's home there."""

import os
import re
import shlex
import urllib.parse

from bb.fetch2.errors import MalformedUrl, ParameterError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, runfetchcmd

_FORM = re.compile(r"\s*ssh://((?P<user>[^\s@;]+)(;[^@]*)?@)?(?P<host>[^\s/:;]+)(:(?P<port>[0-9]+))?/(?P<path>[^;]+)(;.*)?$")


def _parts(ud):
    """(user@host, path, port)."""
    match = _FORM.match(ud.url)
    if not match:
        raise MalformedUrl(ud.url)
    path = urllib.parse.unquote(match["path"])
    who = match["user"] + "@" if match["user"] else ""
    return who + match["host"], path if path.startswith("~") else "/" + path, match["port"]


class SSH(FetchMethod):
    def supports(self, ud, d):
        return ud.type == "ssh"

    def supports_checksum(self, urldata):
        return False

    def urldata_init(self, ud, d):
        if ud.parm.get("protocol") == "git":
            raise ParameterError("Invalid protocol - if you wish to fetch from a git repository using ssh, you need to use git:// prefix "
                                 "with protocol=ssh", ud.url)
        ud.localfile = os.path.basename(os.path.normpath(_parts(ud)[1]))

    def download(self, ud, d):
        where, path, port = _parts(ud)
        part = os.path.join(d.getVar("DL_DIR"), ud.localfile + ".tmp")
        command = "scp -B -r %s%s:%s %s" % ("-P %s " % port if port else "", shlex.quote(where), shlex.quote(path), shlex.quote(part))
        check_network_access(d, command, ud.url)
        runfetchcmd(command, d, cleanup=[part])
        os.rename(part, ud.localpath)

    def checkstatus(self, fetch, urldata, d):
        where, path, port = _parts(urldata)
        test = "[ -f %s ]" % path if path.startswith("~") else "[ -f %s ]" % shlex.quote(path)
        command = "ssh -o BatchMode=true %s%s %s" % ("-p %s " % port if port else "", shlex.quote(where), shlex.quote(test))
        check_network_access(d, command, urldata.url)
        runfetchcmd(command, d)
        return True
