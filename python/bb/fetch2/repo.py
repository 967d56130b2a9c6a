# SPDX-License-Identifier: Apache-2.0
"""repo sources: many git repositories that a manifest names, by the repo tool, in one tarball."""

import os
import shlex

from bb import utils
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, logger, runfetchcmd


class Repo(FetchMethod):
    def supports(self, ud, d):
        return ud.type == "repo"

    def urldata_init(self, ud, d):
        ud.basecmd = d.getVar("FETCHCMD_repo") or "/usr/bin/env repo"
        ud.proto, ud.branch = ud.parm.get("protocol", "git"), ud.parm.get("branch", "master")
        ud.manifest = ud.parm.get("manifest", "default.xml")
        if not ud.manifest.endswith(".xml"):
            ud.manifest += ".xml"
        ud.localfile = d.expand("repo_%s%s_%s_%s.tar.gz" % (ud.host, ud.path.replace("/", "."), ud.manifest, ud.branch))

    def download(self, ud, d):
        if os.access(os.path.join(d.getVar("DL_DIR"), ud.localfile), os.R_OK):
            logger.debug("%s already exists (or was stashed). Skipping repo init / sync.", ud.localpath)
            return
        folder = d.getVar("REPODIR") or d.getVar("DL_DIR") + "/repo"
        checkout = os.path.join(folder, ud.host + ud.path.replace("/", "."), ud.manifest)
        inside = os.path.join(checkout, "repo")
        utils.mkdirhier(inside)
        address = "%s://%s%s%s" % (ud.proto, ud.user + "@" if ud.user else "", ud.host, ud.path)
        if not os.path.exists(os.path.join(inside, ".repo")):
            command = "%s init -m %s -b %s -u %s" % (ud.basecmd, shlex.quote(ud.manifest), shlex.quote(ud.branch), shlex.quote(address))
            check_network_access(d, command, ud.url)
            runfetchcmd(command, d, workdir=inside)
        command = "%s sync" % ud.basecmd
        check_network_access(d, command, ud.url)
        runfetchcmd(command, d, workdir=inside)
        leave_out = "" if ud.parm.get("scmdata") == "keep" else "--exclude='.repo' --exclude='.git' "
        part = ud.localpath + ".tmp"
        runfetchcmd("tar %s-czf %s ./*" % (leave_out, shlex.quote(part)), d, cleanup=[part], workdir=checkout)
        os.rename(part, ud.localpath)

    def _build_revision(self, ud, d, name="default"):
        return ud.manifest
