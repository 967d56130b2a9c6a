# SPDX-License-Identifier: Apache-2.0
"""s3 sources: a file of Amazon's S3, by the aws command."""

import os
import re
import shlex

from bb import progress
from bb.fetch2.errors import FetchError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, runfetchcmd

_UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


class S3ProgressHandler(progress.LineFilterProgressHandler):
    """Reads lines such as "Completed 5.1 KiB/8.8 GiB (12.0 MiB/s) with 1 file(s) remaining"."""

    def __init__(self, d):
        super().__init__(d)
        self._fire_progress(0)  # so that a bar is shown

    def writeline(self, line):
        found = re.match(r"Completed ([\d.]+) (\w+)/([\d.]+) (\w+) (\(.+\)) with\s", line)
        if not found:
            return True
        done, whole = (float(found[i]) * _UNITS.get(found[i + 1], 1) for i in (1, 3))
        if whole:
            self.update(done / whole * 100, found[5])
        return False


class S3(FetchMethod):
    def supports(self, ud, d):
        return ud.type == "s3"

    def recommends_checksum(self, urldata):
        return True

    def urldata_init(self, ud, d):
        ud.basename = ud.localfile = ud.parm.get("downloadfilename") or os.path.basename(ud.path)
        ud.basecmd = d.getVar("FETCHCMD_s3") or "/usr/bin/env aws s3"

    def _address(self, ud):
        return "s3://%s%s" % (ud.host, ud.path)

    def download(self, ud, d):
        part = ud.localpath + ".tmp"
        command = "%s cp %s %s" % (ud.basecmd, shlex.quote(self._address(ud)), shlex.quote(part))
        check_network_access(d, command, ud.url)
        runfetchcmd(command, d, False, log=S3ProgressHandler(d), cleanup=[part])
        if not os.path.exists(part) or os.path.getsize(part) == 0:
            raise FetchError("%s brought nothing, though it says that it went well" % command, ud.url)
        os.rename(part, ud.localpath)
        return True

    def checkstatus(self, fetch, urldata, d):
        command = "%s ls %s" % (urldata.basecmd, shlex.quote(self._address(urldata)))
        check_network_access(d, command, urldata.url)
        if not runfetchcmd(command, d):  # it goes well for what is not there too
            raise FetchError("there is no %s" % self._address(urldata), urldata.url)
        return True
