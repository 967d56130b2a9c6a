# SPDX-License-Identifier: Apache-2.0
"""osc sources, as the older release has them: a package of an Open Build Service, packed into a tarball."""

import os
import re
import shlex

from bb import utils
from bb.fetch2 import revision
from bb.fetch2.errors import FetchError, MissingParameterError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, runfetchcmd
from bb.fetch2.release import is_2_8


class Osc(FetchMethod):
    def supports(self, ud, d):
        return ud.type == "osc" and is_2_8()

    def urldata_init(self, ud, d):
        if "module" not in ud.parm:
            raise MissingParameterError("module", ud.url)
        ud.module = ud.parm["module"]
        ud.oscdir = d.getVar("OSCDIR") or (d.getVar("DL_DIR") or "") + "/osc"
        ud.inside = self._strip_leading_slashes(ud.path)
        ud.pkgdir = os.path.join(ud.oscdir, ud.host)
        ud.moddir = os.path.join(ud.pkgdir, ud.inside, ud.module)
        ud.revision = ud.parm.get("rev") or revision.revision_of(ud, d, "") or ""
        ud.localfile = d.expand("%s_%s_%s.tar.gz" % (ud.module.replace("/", "."), ud.inside.replace("/", "."), ud.revision))

    def _run(self, ud, d, words, workdir=None):
        base = d.getVar("FETCHCMD_osc") or "/usr/bin/env osc"
        server = "%s://%s" % (ud.parm.get("protocol", "https"), ud.host)
        options = ["-c", self._configuration(ud, d, server), "-A", server]
        command = "%s %s" % (base, shlex.join(options + words + (["-r", ud.revision] if ud.revision and words[0] != "api" else [])))
        check_network_access(d, command, ud.url)
        return runfetchcmd(command, d, workdir=workdir)

    def _configuration(self, ud, d, server):
        """A file that osc reads, nobody else: there is a password in it."""
        path = os.path.join(ud.oscdir, "oscrc")
        utils.mkdirhier(ud.oscdir)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("[general]\napiurl = %s\nsu-wrapper = su -c\nbuild-root = %s\nurllist = %s\nextra-pkgs = gzip\n\n[%s]\nuser = %s\n"
                       "pass = %s\n" % (server, d.getVar("WORKDIR"), d.getVar("OSCURLLIST"), server, ud.parm.get("user", ""), ud.parm.get("pswd", "")))
        return path

    def download(self, ud, d):
        if os.access(ud.moddir, os.R_OK):
            self._run(ud, d, ["up"], ud.moddir)
        else:
            utils.mkdirhier(ud.pkgdir)
            self._run(ud, d, ["co", "%s/%s" % (ud.inside, ud.module)], ud.pkgdir)
        part = ud.localpath + ".tmp"
        runfetchcmd("tar -czf %s %s" % (shlex.quote(part), shlex.quote(ud.module)), d, cleanup=[part], workdir=os.path.dirname(ud.moddir))
        os.rename(part, ud.localpath)

    def _revision_key(self, ud, d, name):
        return "osc:%s%s.%s" % (ud.host, re.sub("/+", ".", ud.path), name)

    def _latest_revision(self, ud, d, name):
        ud.revision = ""
        found = re.match(r'<directory ?.* rev="(\d+)".*>', self._run(ud, d, ["api", "source/%s/%s" % (ud.inside, ud.module)]))
        if not found:
            raise FetchError("Unable to parse osc response", ud.url)
        return found[1]
