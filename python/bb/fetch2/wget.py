# SPDX-License-Identifier: Apache-2.0
"""http, https and ftp sources: by libcurl, or by the command that FETCHCMD_wget names."""

import os
import re
import shlex

import bb
from bb import progress, utils
from bb.fetch2 import checksum
from bb.fetch2.errors import ChecksumError, FetchError, ParameterError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, logger, runfetchcmd


class WgetProgressHandler(progress.LineFilterProgressHandler):
    """Reads wget's dots: percents and rates."""

    def __init__(self, d):
        super().__init__(d)
        self._fire_progress(0)  # so that a bar is shown

    def writeline(self, line):
        found = re.findall(r"(\d+)%\s+([\d.]+[A-Z])", line)
        if found:
            self.update(int(found[-1][0]), found[-1][1] + "/s")
        return not found


class Wget(FetchMethod):
    """A file of a web server. It grows as NAME.tmp and gets its name when it is whole and what the recipe says."""

    def supports(self, ud, d):
        return ud.type in ("http", "https", "ftp", "ftps")

    def recommends_checksum(self, urldata):
        return True

    def check_certs(self, d):
        return (d.getVar("BB_CHECK_SSL_CERTS") or "1") != "0"

    def urldata_init(self, ud, d):
        if ud.parm.get("protocol") == "git":
            raise ParameterError("Invalid protocol - if you wish to fetch from a git repository using http, you need to instead use "
                                 "the git:// prefix with protocol=http", ud.url)
        ud.basename = ud.parm.get("downloadfilename") or os.path.basename(ud.path)
        ud.localfile = ud.basename or ud.host + ud.path.replace("/", ".")

    def command(self, ud, d):
        """The user's own; None for libcurl. A Python without pycurl takes wget."""
        named = d.getVar("FETCHCMD_wget")
        if not named:
            import importlib.util
            if importlib.util.find_spec("pycurl") is not None:
                return None
            named = "/usr/bin/env wget --tries=2 --timeout=100"
        passive = " --passive-ftp" if ud.type in ("ftp", "ftps") else ""
        return named + passive + ("" if self.check_certs(d) else " --no-check-certificate")

    def comes_with_others(self, ud, d):
        return not self.command(ud, d) and not utils.to_boolean(d.getVar("BB_NO_NETWORK"))

    def address(self, ud, d):
        """What is asked for."""
        return ud.url.split(";")[0]

    def download(self, ud, d):
        path = os.path.join(os.path.realpath(d.getVar("DL_DIR")), ud.localfile)
        part = path + ".tmp"
        utils.mkdirhier(os.path.dirname(path))
        old = os.path.exists(part)
        self._bring(ud, d, part)
        try:
            self._look_at(ud, d, part)
        except ChecksumError as exc:
            if not old:
                raise
            logger.warning("%s was continued and came out wrong; it is fetched anew\n%s", os.path.basename(path), exc)
            self._bring(ud, d, part)
            self._look_at(ud, d, part)
        os.rename(part, path)
        return True

    def _bring(self, ud, d, part):
        address, command = self.address(ud, d), self.command(ud, d)
        if command is not None:
            self._run(ud, d, command, address, part)
            return
        check_network_access(d, "libcurl %s" % address, ud.url)
        from bb.fetch2 import transfer
        transfer.download(address, part, transfer.Settings(d, ud))

    def _run(self, ud, d, command, address, part):
        command += " --output-document=%s" % shlex.quote(part)
        if ud.user and ud.pswd:
            command += " --auth-no-challenge"
            if ud.parm.get("redirectauth", "1") == "1":
                command += " --user=%s --password=%s" % (ud.user, ud.pswd)
        self._runwget(ud, d, "%s --continue --directory-prefix=%s '%s'" % (command, os.path.dirname(part), address), False)

    def _runwget(self, ud, d, command, quiet, workdir=None):
        logger.debug2("Fetching %s using command '%s'" % (ud.url, command))
        check_network_access(d, command, ud.url)
        runfetchcmd(command + " --progress=dot --verbose", d, quiet, log=WgetProgressHandler(d), workdir=workdir)

    def _look_at(self, ud, d, part):
        """Before it gets its name: another recipe may be using the right file. What is wrong does not stay."""
        address = self.address(ud, d)
        if not os.path.exists(part):
            raise FetchError("nothing was written to %s, though the fetch went well" % part, address)
        if os.path.getsize(part) == 0:
            os.remove(part)
            raise FetchError("The fetch of %s resulted in a zero size file; it is not kept." % address, address)
        try:
            checksum.verify_checksum(ud, d, localpath=part, fatal_nochecksum=False)
        except ChecksumError:
            os.remove(part)
            raise

    def checkstatus(self, fetch, ud, d, try_again=True):
        from bb.fetch2 import transfer
        address = self.address(ud, d)
        return transfer.is_there(address, transfer.Settings(d, ud), fetch.connection_cache)

    def clean(self, urldata, d):
        """What has come of a file that broke off is kept for the next try."""
        utils.remove(urldata.localpath)

    # ---- what is newest upstream

    def _fetch_index(self, uri, ud, d):
        """A page that lists releases; "" when it cannot be had."""
        from bb.fetch2 import transfer
        try:
            check_network_access(d, "libcurl %s" % uri, ud.url)
            return transfer.read(uri, transfer.Settings(d, ud))
        except bb.fetch2.BBFetchException as exc:
            bb.debug(1, str(exc))
            return ""

    def latest_versionstring(self, ud, d):
        from bb.fetch2 import upstream
        return upstream.Releases(self, ud, d).newest()
