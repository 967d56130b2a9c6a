# SPDX-License-Identifier: Apache-2.0
"""hg sources: a clone in DL_DIR/hg, from which the work folder's is made; hg_NAME.tar.gz is what mirrors offer."""

import contextlib
import os
import shlex

from bb import utils
from bb.fetch2.errors import FetchError, MissingParameterError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, logger, runfetchcmd


class Hg(FetchMethod):
    has_revisions = True

    def supports(self, ud, d):
        return ud.type == "hg"

    def supports_checksum(self, urldata):
        return False

    def urldata_init(self, ud, d):
        if "module" not in ud.parm:
            raise MissingParameterError("module", ud.url)
        ud.module = ud.parm["module"]
        ud.proto = ud.parm.get("protocol") or ("hg" if ud.host else "file")
        name = "%s_%s_%s" % (ud.module.replace("/", "."), ud.host, ud.path.replace("/", "."))
        downloads = d.getVar("DL_DIR") or ""
        tarball = "hg_%s.tar.gz" % name
        ud.fullmirror = os.path.join(downloads, tarball)
        ud.mirrortarballs = [tarball]
        ud.pkgdir = os.path.join(d.getVar("HGDIR") or downloads + "/hg", name)
        ud.moddir = os.path.join(ud.pkgdir, ud.module)
        ud.localfile = ud.moddir
        ud.basecmd = d.getVar("FETCHCMD_hg") or "/usr/bin/env hg"
        ud.setup_revisions(d)
        ud.revision = ud.parm.get("rev") or ud.revision or self.latest_revision(ud, d, ud.name)
        ud.revisions[ud.name] = ud.revision
        ud.write_tarballs = d.getVar("BB_GENERATE_MIRROR_TARBALLS")

    def localpath(self, urldata, d):
        return urldata.pkgdir

    def need_update(self, ud, d):
        return ud.parm.get("rev", "tip") == "tip" or not os.path.exists(ud.localpath)

    def try_premirror(self, urldata, d):
        """A clone that is there is brought up to date from upstream, where that may be asked."""
        return utils.to_boolean(d.getVar("BB_FETCH_PREMIRRORONLY")) or not os.path.exists(urldata.moddir)

    def _address(self, ud):
        protocol = ud.parm.get("protocol", "http")
        host = "/" if protocol == "file" else ud.host
        user = ud.user + (":" + ud.pswd if ud.pswd else "") + "@" if ud.user else ""
        return "%s://%s%s%s/%s" % (protocol, user, host, ud.path, ud.module)

    def _hg(self, ud):
        """The command, with name and password if there are any."""
        if not (ud.user and ud.pswd):
            return ud.basecmd
        settings = (("prefix", "*"), ("username", ud.user), ("password", ud.pswd), ("schemes", ud.parm.get("protocol", "http")))
        return ud.basecmd + "".join(" --config %s" % shlex.quote("auth.default.%s=%s" % pair) for pair in settings)

    def download(self, ud, d):
        if not os.path.exists(ud.pkgdir) and os.path.exists(ud.fullmirror):
            utils.mkdirhier(ud.pkgdir)
            runfetchcmd("tar -xzf %s" % shlex.quote(ud.fullmirror), d, workdir=ud.pkgdir, cleanup=[ud.pkgdir])
        update = "%s update -C -r %s" % (self._hg(ud), shlex.quote(ud.revision))
        if os.access(os.path.join(ud.moddir, ".hg"), os.R_OK):
            try:
                runfetchcmd(update, d, workdir=ud.moddir)
            except FetchError as exc:
                logger.debug(str(exc))
                pull = "%s pull" % self._hg(ud)  # all: with a revision alone its name could not be looked up
                check_network_access(d, pull, ud.url)
                runfetchcmd(pull, d, workdir=ud.moddir)
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(ud.fullmirror)  # it is old now
        if not os.path.exists(ud.moddir):
            clone = "%s clone %s %s" % (self._hg(ud), shlex.quote(self._address(ud)), shlex.quote(ud.module))
            check_network_access(d, clone, ud.url)
            utils.mkdirhier(ud.pkgdir)
            runfetchcmd(clone, d, workdir=ud.pkgdir, cleanup=[ud.moddir])
        runfetchcmd(update, d, workdir=ud.moddir)

    def build_mirror_data(self, ud, d):
        if ud.write_tarballs != "1" or os.path.exists(ud.fullmirror):
            return
        utils.remove(ud.fullmirror)  # it may lead to a mirror that is no more
        logger.info("Creating tarball of hg repository")
        part = ud.fullmirror + ".tmp"
        runfetchcmd("tar -czf %s %s" % (shlex.quote(part), shlex.quote(ud.module)), d, cleanup=[part], workdir=ud.pkgdir)
        os.rename(part, ud.fullmirror)
        runfetchcmd("touch %s.done" % shlex.quote(ud.fullmirror), d, workdir=ud.pkgdir)

    def unpack(self, urldata, rootdir, data):
        ud, d = urldata, data
        target = os.path.join(rootdir, ud.parm.get("destsuffix", ud.module))
        ud.unpack_tracer.unpack("hg", target)
        rev, quoted = shlex.quote(ud.revision), shlex.quote(target)
        if ud.parm.get("scmdata") == "nokeep":
            runfetchcmd("%s archive -t files -r %s %s" % (ud.basecmd, rev, quoted), d, workdir=ud.moddir)
            return
        if not os.access(os.path.join(target, ".hg"), os.R_OK):
            runfetchcmd("%s init %s" % (ud.basecmd, quoted), d)
        runfetchcmd("%s pull %s" % (self._hg(ud), shlex.quote(ud.moddir)), d, workdir=target)
        runfetchcmd("%s up -C -r %s" % (self._hg(ud), rev), d, workdir=target)

    def clean(self, urldata, d):
        utils.remove(urldata.localpath, True)
        utils.remove(urldata.fullmirror)
        utils.remove(urldata.fullmirror + ".done")

    def _revision_key(self, ud, d, name):
        return "hg:" + ud.moddir

    def _latest_revision(self, ud, d, name):
        command = "%s identify -i %s" % (self._hg(ud), shlex.quote(self._address(ud)))
        check_network_access(d, command, ud.url)
        return runfetchcmd(command, d).strip()
