# SPDX-License-Identifier: Apache-2.0
"""p4 sources: the files that Perforce lists under a depot path, at a changelist, in one tarball.

;module= is the folder that is kept as the top, ;remotepath=keep keeps the whole depot path. P4PORT names the server,
else P4CONFIG does."""

import os
import shlex

import bb
from bb import progress, utils
from bb.fetch2.errors import FetchError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, runfetchcmd


class PerforceProgressHandler(progress.BasicProgressHandler):
    """p4 print says a line for every file."""

    def __init__(self, d, num_files):
        super().__init__(d)
        self._files, self._seen = num_files, 0
        self._fire_progress(-1)

    def write(self, string):
        self._seen += 1
        self.update(min(100, 100 * self._seen // self._files))
        super().write(string)


class Perforce(FetchMethod):
    has_revisions = True

    def supports(self, ud, d):
        return ud.type == "p4"

    def urldata_init(self, ud, d):
        ud.basecmd = d.getVar("FETCHCMD_p4") or "/usr/bin/env p4"
        ud.dldir = d.getVar("P4DIR") or (d.getVar("DL_DIR") or "") + "/p4"
        path = ud.url.split("://", 1)[1].split(";")[0]
        if "@" in path:
            who, path = path.split("@", 1)
            ud.user, _, ud.pswd = who.partition(":")
        ud.host = self._server(ud, d)
        ud.module, ud.keepremotepath = ud.parm.get("module"), ud.parm.get("remotepath") == "keep"
        ud.pathisdir = "/..." in path
        if ud.module and ud.pathisdir:
            raise FetchError("SRC_URI depot path cannot not end in /... when a module value is given")
        if ud.module and ud.module.startswith("/"):
            raise FetchError("module cannot begin with /")
        host, name, module = ud.host.replace(":", "."), self._flat(path), self._flat(ud.module or "")
        ud.path = os.path.join(path, ud.module) if ud.module else path
        name += "--" + module if ud.module else ""
        ud.pkgdir = os.path.join(ud.dldir, host, name)
        ud.setup_revisions(d)
        ud.localfile = d.expand("%s_%s_%s_%s.tar.gz" % (host, name, module, ud.revision))

    def _flat(self, path):
        return path.replace("/...", "").replace("/", ".")

    def _server(self, ud, d):
        ud.usingp4config = not d.getVar("P4PORT")
        if not ud.usingp4config:
            return d.getVar("P4PORT")
        command = '%s info | grep "Server address"' % ud.basecmd
        check_network_access(d, command, ud.url)
        host = runfetchcmd(command, d, True).partition(": ")[2].strip()
        if not host:
            raise FetchError("Could not determine P4PORT from P4CONFIG")
        return host

    def _command(self, ud, *words):
        options = (["-u", ud.user] if ud.user else []) + (["-P", ud.pswd] if ud.pswd else [])
        options += [] if ud.usingp4config else ["-p", ud.host]
        return "%s %s" % (ud.basecmd, shlex.join(options + list(words)))

    def _place(self, ud):
        return "//%s%s" % (ud.path, "@" + ud.revision if ud.revision else "")

    def _ask(self, ud, d, *words):
        command = self._command(ud, *words)
        check_network_access(d, command, ud.url)
        return runfetchcmd(command, d, True)

    def _files(self, ud, d):
        """The depot's names of what there is, each with #REVISION."""
        lines = [line.rstrip().split(" - ", 1) for line in self._ask(ud, d, "files", self._place(ud)).splitlines() if " - " in line]
        return [name for name, action in lines if not action.startswith("delete")]

    def _local_name(self, ud, name):
        name = name[:name.find("#")]
        if ud.keepremotepath:
            return name.lstrip("/")
        if ud.module:
            return name[name.rfind(ud.module.rstrip("/.")):]
        return name[len(ud.path) - 1:] if ud.pathisdir else name[name.rfind("/"):]

    def download(self, ud, d):
        names = self._files(ud, d)
        if not names:
            raise FetchError("No files found in depot %s@%s" % (ud.host, ud.path))
        utils.remove(ud.pkgdir, True)
        utils.mkdirhier(ud.pkgdir)
        shown = PerforceProgressHandler(d, len(names))
        for name in names:
            command = self._command(ud, "print", "-o", "p4/" + self._local_name(ud, name).lstrip("/"), name)
            check_network_access(d, command, ud.url)
            runfetchcmd(command, d, workdir=ud.pkgdir, log=shown)
        part = ud.localpath + ".tmp"
        runfetchcmd("tar -czf %s p4" % shlex.quote(part), d, cleanup=[part], workdir=ud.pkgdir)
        os.rename(part, ud.localpath)

    def clean(self, urldata, d):
        utils.remove(urldata.localpath)
        utils.remove(urldata.pkgdir, True)

    def _revision_key(self, ud, d, name):
        return "p4:%s" % ud.pkgdir

    def _latest_revision(self, ud, d, name):
        said = self._ask(ud, d, "changes", "-m", "1", self._place(ud)).split()
        if len(said) < 2:
            raise FetchError("Could not determine the latest perforce changelist")
        bb.debug(1, "p4 tip found to be changelist %s" % said[1])
        return said[1]

    def sortable_revision(self, ud, d, name):
        return False, ud.revision
