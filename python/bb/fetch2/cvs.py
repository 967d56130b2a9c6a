# SPDX-License-Identifier: Apache-2.0
"""cvs sources, as the older release has them: a checkout in DL_DIR/cvs by tag or day, packed into a tarball."""

import os
import shlex

from bb import utils
from bb.fetch2.errors import FetchError, MissingParameterError, NoMethodError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, runfetchcmd
from bb.fetch2.release import is_2_8


class Cvs(FetchMethod):
    def supports(self, ud, d):
        return ud.type == "cvs" and is_2_8()

    def urldata_init(self, ud, d):
        if "module" not in ud.parm:
            raise MissingParameterError("module", ud.url)
        ud.module, ud.tag = ud.parm["module"], ud.parm.get("tag", "")
        if "date" in ud.parm:
            ud.date = ud.parm["date"]
        elif ud.tag:
            ud.date = ""
        marks = ("_norecurse" if "norecurse" in ud.parm else "") + ("_fullpath" if "fullpath" in ud.parm else "")
        ud.localfile = d.expand("%s_%s_%s_%s%s.tar.gz" % (ud.module.replace("/", "."), ud.host, ud.tag, ud.date, marks))
        ud.pkgdir = os.path.join(d.getVar("CVSDIR") or (d.getVar("DL_DIR") or "") + "/cvs", d.getVar("PN") or "")

    def need_update(self, ud, d):
        return ud.date == "now" or not os.path.exists(ud.localpath)

    def _root(self, ud, d):
        method = ud.parm.get("method", "pserver")
        if method == "dir":
            return ud.path
        proxy = "".join(";%s=%s" % (name, d.getVar(variable)) for name, variable in
                        (("proxy", "CVS_PROXY_HOST"), ("proxyport", "CVS_PROXY_PORT")) if d.getVar(variable))
        password = ":" + ud.pswd if ud.pswd else ""
        return ":%s%s:%s%s@%s:%s%s" % (method, proxy, ud.user, password, ud.host, ud.parm.get("port", ""), ud.path)

    def _options(self, ud):
        out = ["-l"] if "norecurse" in ud.parm else []
        if ud.date:
            day = "%s %s:%s" % (ud.date[:8], ud.date[8:10], ud.date[10:]) if len(ud.date) == 12 else ud.date
            out += ["-D", day + " UTC"]
        return out + (["-r", ud.tag] if ud.tag else [])

    def download(self, ud, d):
        name = ud.parm.get("localdir", ud.module)
        folder = os.path.join(ud.pkgdir, name)
        shell = "CVS_RSH=%s " % shlex.quote(ud.parm["rsh"]) if ud.parm.get("method") == "ext" and "rsh" in ud.parm else ""
        base = "%s%s %s" % (shell, d.getVar("FETCHCMD_cvs") or "/usr/bin/env cvs", shlex.quote("-d" + self._root(ud, d)))
        there = os.access(os.path.join(folder, "CVS"), os.R_OK)
        words = ["update", "-d", "-P"] + self._options(ud) if there else ["co"] + self._options(ud) + [ud.module]
        command = "%s %s" % (base, shlex.join(words))
        check_network_access(d, command, ud.url)
        utils.mkdirhier(ud.pkgdir)
        runfetchcmd(command, d, cleanup=[folder], workdir=folder if there else ud.pkgdir)
        if not os.access(folder, os.R_OK):
            raise FetchError("Directory %s was not readable despite sucessful fetch?!" % folder, ud.url)
        leave_out = "" if ud.parm.get("scmdata") == "keep" else "--exclude='CVS' "
        inside, what = (ud.pkgdir, name) if "fullpath" in ud.parm else os.path.split(os.path.realpath(folder))
        part = ud.localpath + ".tmp"
        runfetchcmd("tar %s-czf %s %s" % (leave_out, shlex.quote(part), shlex.quote(what)), d, cleanup=[part], workdir=inside)
        os.rename(part, ud.localpath)

    def clean(self, urldata, d):
        utils.remove(urldata.pkgdir, True)
        utils.remove(urldata.localpath)
