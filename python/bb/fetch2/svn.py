# SPDX-License-Identifier: Apache-2.0
"""svn sources: a working copy in DL_DIR/svn, packed into a tarball of the revision."""

import os
import re
import shlex

import bb
from bb import utils
from bb.fetch2 import turns
from bb.fetch2.errors import FetchError, MissingParameterError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, logger, runfetchcmd
from bb.fetch2.release import is_2_8


class Svn(FetchMethod):
    has_revisions = True

    def supports(self, ud, d):
        return ud.type == "svn"

    def supports_checksum(self, urldata):
        return is_2_8() and super().supports_checksum(urldata)

    def urldata_init(self, ud, d):
        if "module" not in ud.parm:
            raise MissingParameterError("module", ud.url)
        trust = " --trust-server-cert" if is_2_8() else ""
        ud.basecmd = d.getVar("FETCHCMD_svn") or "/usr/bin/env svn --non-interactive" + trust
        ud.module = ud.parm["module"]
        ud.path_spec = ud.parm.get("path_spec", ud.module)
        folder = d.getVar("SVNDIR") or (d.getVar("DL_DIR") or "") + "/svn"
        ud.pkgdir = os.path.join(folder, ud.host, self._strip_leading_slashes(ud.path))
        ud.moddir = os.path.join(ud.pkgdir, ud.path_spec)
        ud.svnlock = os.path.join(ud.pkgdir, "svn.lock")  # recipes may want different revisions of it at once
        ud.setup_revisions(d)
        ud.revision = ud.parm.get("rev", ud.revision)
        ud.revisions[ud.name] = ud.revision
        ud.pegrevision = "nopegrevision" not in ud.parm
        ud.localfile = d.expand("%s_%s_%s_%s_%d.tar.gz" % (ud.module.replace("/", "."), ud.host, ud.path.replace("/", "."), ud.revision,
                                                         ud.pegrevision))

    def _command(self, ud, what):
        """A command line: log, checkout or update."""
        protocol = ud.parm.get("protocol", "svn")
        root = "%s%s/%s" % (ud.host, ud.path, ud.module)
        options = ["--no-auth-cache"]
        options += ["--username", ud.user] if ud.user else []
        options += ["--password", ud.pswd] if ud.pswd else []
        if what == "log":
            words = ["log", "--limit", "1", "--quiet"] + options + ["%s://%s/" % (protocol, root)]
        else:
            if ud.parm.get("externals") != "allowed":
                options.append("--ignore-externals")
            if ud.revision:
                options += ["-r", ud.revision]
            peg = "@%s" % ud.revision if ud.revision and ud.pegrevision else ""
            address = "%s://%s%s%s" % (protocol, ud.parm.get("transportuser", ""), root, peg)
            words = ["co"] + options + [address, ud.path_spec] if what == "checkout" else ["update"] + options
        ssh = "SVN_SSH=%s " % shlex.quote(ud.parm["ssh"]) if protocol == "svn+ssh" and "ssh" in ud.parm else ""
        return "%s%s %s" % (ssh, ud.basecmd, shlex.join(words))

    def download(self, ud, d):
        with turns.locked(ud.svnlock):
            if os.access(os.path.join(ud.moddir, ".svn"), os.R_OK):
                self._update(ud, d)
            else:
                command = self._command(ud, "checkout")
                check_network_access(d, command, ud.url)
                utils.mkdirhier(ud.pkgdir)
                runfetchcmd(command, d, workdir=ud.pkgdir, cleanup=[ud.moddir])
            if ud.parm.get("externals") != "nowarn":
                self._warn_of_externals(ud, d)
            leave_out = "" if ud.parm.get("scmdata") == "keep" else "--exclude='.svn' "
            part = ud.localpath + ".tmp"
            runfetchcmd("tar %s-czf %s %s" % (leave_out, shlex.quote(part), shlex.quote(ud.path_spec)), d, cleanup=[part], workdir=ud.pkgdir)
            os.rename(part, ud.localpath)

    def _update(self, ud, d):
        command = self._command(ud, "update")
        check_network_access(d, command, ud.url)
        try:
            runfetchcmd(ud.basecmd + " upgrade", d, workdir=ud.moddir)
        except FetchError as exc:
            logger.debug(str(exc))  # it is of this version already
        runfetchcmd(command, d, workdir=ud.moddir)

    def _warn_of_externals(self, ud, d):
        found = runfetchcmd("svn propget svn:externals || true", d, workdir=ud.moddir)
        if found and ud.parm.get("externals") == "allowed":
            bb.debug(1, "svn repository has externals:\n%s" % found)
        elif found:
            bb.warn("%s contains svn:externals." % ud.url)
            bb.warn("They are not fetched; SRC_URI should name those that are needed:\n%s" % found)
            bb.warn("To disable this warning add ';externals=nowarn' to the url.")

    def clean(self, urldata, d):
        utils.remove(urldata.localpath)
        utils.remove(urldata.moddir, True)

    def _revision_key(self, ud, d, name):
        return "svn:" + ud.moddir

    def _latest_revision(self, ud, d, name):
        ud.revision = ud.revision or ""
        command = self._command(ud, "log")
        check_network_access(d, command, ud.url)
        found = re.search(r"^r(\d+)", runfetchcmd("LANG=C LC_ALL=C " + command, d, True), re.MULTILINE)
        if not found:
            raise FetchError("svn log names no revision", ud.url)
        return found[1]

    def sortable_revision(self, ud, d, name):
        return False, ud.revision
