# SPDX-License-Identifier: Apache-2.0
"""ccrc sources: a ClearCase view, loaded by a configuration of its own, in a tarball.

;vob= and ;module= say what is loaded, SRCREV is the label. CCASE_CUSTOM_CONFIG_SPEC replaces the configuration; then
SRCREV only names the tarball. cleartool or rcleartool is taken, whichever there is."""

import os
import shlex
import shutil

import bb
from bb import utils
from bb.fetch2.errors import FetchError, MissingParameterError, ParameterError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, logger, runfetchcmd


class ClearCase(FetchMethod):
    has_revisions = True

    def supports(self, ud, d):
        return ud.type == "ccrc"

    def urldata_init(self, ud, d):
        ud.proto = ud.parm.get("protocol", "https")
        if ud.proto not in ("http", "https"):
            raise ParameterError("Invalid protocol type", ud.url)
        if "vob" not in ud.parm:
            raise MissingParameterError("vob", ud.url)
        ud.vob, ud.module = ud.parm["vob"], ud.parm.get("module", "")
        ud.label = d.getVar("SRCREV", False)
        if not ud.label or ud.label == "INVALID":
            raise FetchError("SRCREV has to name the label that is fetched, \"/main/LATEST\" for one.", ud.url)
        tool = "cleartool" if shutil.which("cleartool", path=d.getVar("PATH")) else "rcleartool"
        ud.basecmd = d.getVar("FETCHCMD_ccrc") or "/usr/bin/env " + tool
        ud.customspec = d.getVar("CCASE_CUSTOM_CONFIG_SPEC")
        ud.server = "%s://%s%s" % (ud.proto, ud.host, ud.path)
        ud.identifier = "clearcase-%s%s-%s" % (ud.vob.replace("/", ""), ud.module.replace("/", "."), ud.label.replace("/", "."))
        ud.viewname = "%s-view%s" % (ud.identifier, d.getVar("DATETIME"))
        ud.csname = "%s-config-spec" % ud.identifier
        ud.ccasedir = os.path.join(d.getVar("DL_DIR") or "", ud.type)
        ud.viewdir = os.path.join(ud.ccasedir, ud.viewname)
        ud.configspecfile = os.path.join(ud.ccasedir, ud.csname)
        ud.localfile = "%s.tar.gz" % ud.identifier

    def _run(self, ud, d, what, words, workdir=None):
        remote = "rcleartool" in ud.basecmd
        options = ["-server", ud.server] if remote else []
        if what == "mkview" and not remote:
            options.append("-snapshot")
        command = "%s %s %s" % (ud.basecmd, what, shlex.join(options + words))
        check_network_access(d, command, ud.url)
        logger.info("%s [VOB=%s label=%s view=%s]", what, ud.vob, ud.label, ud.viewname)
        return runfetchcmd(command, d, workdir=workdir)

    def _configuration(self, ud):
        if ud.customspec is None:
            return "element * CHECKEDOUT\nelement * %s\nload %s%s\n" % (ud.label, ud.vob, ud.module)
        bb.warn("A custom config spec has been set, SRCREV is only relevant for the tarball name.")
        return "".join(line + "\n" for line in ud.customspec.split("\\n"))

    def need_update(self, ud, d):
        if "LATEST" in ud.label or "LATEST" in (ud.customspec or ""):
            ud.identifier += "-%s" % d.getVar("DATETIME")
            return True
        return not os.path.exists(ud.localpath)

    def sortable_revision(self, ud, d, name):
        return False, ud.identifier

    def download(self, ud, d):
        utils.mkdirhier(ud.ccasedir)
        with open(ud.configspecfile, "w") as file:
            file.write(self._configuration(ud))
        try:
            self._run(ud, d, "mkview", ["-tag", ud.viewname, ud.viewdir])
        except FetchError as exc:
            if "CRCLI2008E" in exc.msg:
                raise FetchError("%s\nLog in first: rcleartool login" % exc.msg, ud.url) from exc
            raise
        self._run(ud, d, "setcs", ["-overwrite", ud.configspecfile], ud.viewdir)  # this loads the files
        shutil.copyfile(ud.configspecfile, os.path.join(ud.viewdir, ud.csname))
        part = ud.localpath + ".tmp"
        runfetchcmd("tar -czf %s ." % shlex.quote(part), d, cleanup=[part], workdir=ud.viewdir)
        os.rename(part, ud.localpath)
        self.clean(ud, d)

    def clean(self, urldata, d):
        """The view and its configuration; the tarball stays."""
        if os.path.exists(urldata.viewdir):
            self._run(urldata, d, "rmview", ["-force", urldata.viewdir], urldata.ccasedir)
        utils.remove(urldata.configspecfile)
