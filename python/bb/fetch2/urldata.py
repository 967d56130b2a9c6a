# SPDX-License-Identifier: Apache-2.0
"""What is known of one URL: its parts, its fetcher, where its download is, what checksums it should have."""

import os

import bb
from bb.fetch2.errors import NonLocalMethod, ParameterError
from bb.fetch2.method import DummyUnpackTracer, method_of
from bb.fetch2.network import logger
from bb.fetch2.release import checksum_kinds, is_2_8
from bb.fetch2.uri import decodeurl

_CHECKSUMS_IN_FLAGS = {"http", "https", "ftp", "ftps", "sftp", "s3", "az", "crate", "gs", "gomod", "npm", "debsrc"}


class FetchData:
    """One URL of SRC_URI, of a mirror, or of what belongs to another one."""

    unpack_tracer = DummyUnpackTracer()

    def __init__(self, url, d, localonly=False):
        self.donestamp = self.lockfile = self.localpath = self.basename = self.basepath = None
        self.needdonestamp, self.setup, self.ignore_checksums = True, False, False
        self.localfile, self.mirrortarballs = "", []
        self.tried = []  # (URL, exception) of the sources that did not have it
        self.revision, self.revisions = None, {}
        self.url = url
        self.type, self.host, self.path, self.user, self.pswd, self.parm = decodeurl(d.expand(url))
        self.user, self.pswd = self.user or self.parm.get("user", ""), self.pswd or self.parm.get("pswd", "")
        self.date = self.getSRCDate(d)
        self.name = self.parm.get("name", "default")
        self.names = self.name.split(",")
        if len(self.names) > 1 and not is_2_8():
            raise ParameterError("The fetcher no longer supports multiple name parameters in a single url", self.url)
        if localonly and self.type != "file":
            raise NonLocalMethod()
        self.method = method_of(self, d)
        if self.parm.get("proto") and "protocol" not in self.parm:
            logger.warning('Consider updating %s recipe to use "protocol" not "proto" in SRC_URI.', d.getVar("PN"))
            self.parm["protocol"] = self.parm["proto"]
        self.method.urldata_init(self, d)
        self._expect_checksums(d)
        if "localpath" in self.parm:
            self.localpath = self.parm["localpath"]
            self.basename = os.path.basename(self.localpath)
        elif self.localfile:
            self.localpath = self.method.localpath(self, d)
        if self.needdonestamp:
            self._place_stamps(d.getVar("DL_DIR") or "")

    def _expect_checksums(self, d):
        name = self.parm.get("name")
        prefix = name + "." if name else ""
        for kind in set(checksum_kinds()) | {"goh1"}:
            plain = kind + "sum"
            full = prefix + plain
            expected = None
            if full in self.parm:
                expected = self.parm[full]
            elif plain in self.parm:
                expected, full = self.parm[plain], plain
            elif self.type in _CHECKSUMS_IN_FLAGS:
                expected = d.getVarFlag("SRC_URI", full)
            setattr(self, kind + "_name", full)
            setattr(self, kind + "_expected", expected)
        # The same sources as Debian packs them: another file, as good.
        self.debian_sha256 = d.getVarFlag("SRC_URI", prefix + "debsrc.sha256sum") if self.type in _CHECKSUMS_IN_FLAGS else None

    def _place_stamps(self, folder):
        """They are in DL_DIR, wherever the download itself is."""
        if self.localpath and self.localpath.startswith(folder):
            base = self.localpath
        elif self.localpath or self.basepath or self.basename:
            base = folder + os.sep + (os.path.basename(self.localpath) if self.localpath else self.basepath or self.basename)
        else:
            bb.fatal("Can't determine lock path for url %s" % self.url)
        self.donestamp, self.lockfile = base + ".done", base + ".lock"

    def setup_revisions(self, d):
        """The revision that is meant, of each name."""
        from bb.fetch2 import revision
        self.revisions = {name: revision.revision_of(self, d, name) for name in self.names}
        self.revision = self.revisions[self.names[0]]

    def setup_localpath(self, d):
        if not self.localpath:
            self.localpath = self.method.localpath(self, d)

    def getSRCDate(self, d):
        """The day whose sources are meant, for repositories that go by days."""
        if "srcdate" in self.parm:
            return self.parm["srcdate"]
        if self.type != "cvs":  # nobody else goes by days
            return None
        pn = d.getVar("PN")
        return (d.getVar("SRCDATE_%s" % pn) if pn else None) or d.getVar("SRCDATE") or d.getVar("DATE")
