# SPDX-License-Identifier: Apache-2.0
"""What all ways of fetching have in common, and where layers put theirs."""

import os

from bb import utils
from bb.fetch2.errors import NoMethodError, ParameterError
from bb.fetch2.network import logger


class FetchMethod:
    """One way to fetch. ud is what is known of a URL (FetchData), d the datastore."""

    _latest_revision = None  # (ud, d, name): asks the repository itself
    has_revisions = False

    def __init__(self, urls=None):
        self.urls = urls or []

    def init(self, d):
        """Called once the configuration is known."""

    def supports(self, urldata, d):
        """Whether a URL is for this class."""
        return False

    def urldata_init(self, ud, d):
        """Adds to ud what this kind of URL says beyond others."""

    def localpath(self, urldata, d):
        """Where the download is, once it is there."""
        return os.path.join(d.getVar("DL_DIR") or "", urldata.localfile)

    def supports_checksum(self, urldata):
        """Whether the download is a file."""
        return urldata.localpath is not None and not os.path.isdir(urldata.localpath)

    def recommends_checksum(self, urldata):
        """Whether a recipe should name a checksum of it."""
        return False

    def cleanup_upon_failure(self):
        """Whether clean() is called when a fetch fails."""
        return True

    def verify_donestamp(self, ud, d):
        from bb.fetch2 import checksum
        return checksum.verify_donestamp(ud, d)

    def update_donestamp(self, ud, d):
        from bb.fetch2 import checksum
        checksum.update_stamp(ud, d)

    def need_update(self, ud, d):
        """Whether to fetch although something is there."""
        return not os.path.exists(ud.localpath)

    def supports_srcrev(self):
        """Whether what is fetched has revisions."""
        return self.has_revisions

    def download(self, urldata, d):
        """Brings the source to its localpath."""
        raise NoMethodError(urldata.url)

    def comes_with_others(self, ud, d):
        """Whether download() gives its turn away, so that other sources can be fetched meanwhile."""
        return False

    def build_mirror_data(self, ud, d):
        """Makes what mirrors can offer, if that is asked for."""

    def unpack(self, urldata, rootdir, data):
        """From the localpath to a folder."""
        from bb.fetch2.unpack import unpack_file
        unpack_file(urldata, rootdir, data)

    def unpack_update(self, urldata, rootdir, data):
        """Brings what was unpacked to the revision that is wanted now."""
        raise RuntimeError("No method available for this url type: %s" % urldata.type)

    def clean(self, urldata, d):
        """Removes the download, whole or in part."""
        utils.remove(urldata.localpath)

    def ensure_symlink(self, target, link_name):
        if os.path.exists(link_name):
            return
        utils.mkdirhier(os.path.dirname(link_name))
        if os.path.islink(link_name):  # to what is no more
            os.unlink(link_name)
        try:
            os.symlink(target, link_name)
        except FileExistsError:  # file:// takes no lock: another task may have been here
            pass

    def update_mirror_links(self, ud, origud):
        """DL_DIR leads to what a mirror in the file system holds."""
        self.ensure_symlink(ud.localpath, origud.localpath)

    def try_premirror(self, urldata, d):
        """Whether PREMIRRORS are asked."""
        return True

    def try_mirrors(self, fetch, urldata, d, mirrors, check=False):
        from bb.fetch2.mirrors import try_mirrors
        return bool(try_mirrors(fetch, d, urldata, mirrors, check))

    def checkstatus(self, fetch, urldata, d):
        """Whether the source can be had."""
        logger.info("URL %s could not be checked for status since no method exists.", urldata.url)
        return True

    def latest_revision(self, ud, d, name="default"):
        """The newest revision: what this run has been told already, or what the repository says."""
        if self._latest_revision is None:
            raise ParameterError("The fetcher for this URL does not support _latest_revision", ud.url)
        from bb.fetch2 import revision
        return revision.newest(self.generate_revision_key(ud, d, name), d, lambda: self._latest_revision(ud, d, name))

    def sortable_revision(self, ud, d, name):
        """(whether the revision says nothing about order, the revision)."""
        return True, str(self._build_revision(ud, d, name))

    def _build_revision(self, ud, d, name="default"):
        return ud.revisions.get(name, ud.revision)

    def generate_revision_key(self, ud, d, name):
        return self._revision_key(ud, d, name)

    def latest_versionstring(self, ud, d):
        """(version, revision) of the newest release."""
        return "", ""

    def done(self, ud, d):
        return os.path.exists(ud.localpath)

    def implicit_urldata(self, ud, d):
        """What is known of the URLs that are fetched with this one."""
        return []

    def _strip_leading_slashes(self, relpath):
        return relpath.lstrip("/")


class DummyUnpackTracer:
    """Told of every source that is unpacked and where; BB_UNPACK_TRACER_CLASS names a class that does something with it."""

    def start(self, unpackdir, urldata_dict, d):
        """Fetch.unpack begins; sources within sources call it again."""

    def start_url(self, url):
        """One URL begins."""

    def unpack(self, unpack_type, destdir):
        """How and where that URL is unpacked."""

    def finish_url(self, url):
        """That URL is done."""

    def complete(self):
        """Fetch.unpack is done."""


methods = []  # of layers; they are asked before hitz's own
_KINDS = {
    "file": "local.Local", "http": "wget.Wget", "https": "wget.Wget", "ftp": "wget.Wget", "ftps": "wget.Wget", "svn": "svn.Svn",
    "git": "git.Git", "gitsm": "gitsm.GitSM", "gitannex": "gitannex.GitANNEX", "ssh": "ssh.SSH", "sftp": "sftp.SFTP", "s3": "s3.S3",
    "p4": "perforce.Perforce", "hg": "hg.Hg", "repo": "repo.Repo", "ccrc": "clearcase.ClearCase", "npm": "npm.Npm",
    "npmsw": "npmsw.NpmShrinkWrap", "az": "az.Az", "crate": "crate.Crate", "gs": "gcp.GCP", "gomod": "gomod.GoMod",
    "gomodgit": "gomod.GoModGit", "cvs": "cvs.Cvs", "bzr": "bzr.Bzr", "osc": "osc.Osc", "debsrc": "debsrc.DebSrc"}
_made = {}


def method_of(ud, d):
    """The fetcher of a URL."""
    for method in methods:
        if method.supports(ud, d):
            return method
    place = _KINDS.get(ud.type)
    if place is None:
        raise NoMethodError(ud.url)
    method = _made.get(place)
    if method is None:
        import importlib
        module, _, name = place.partition(".")
        method = _made[place] = getattr(importlib.import_module("bb.fetch2." + module), name)()
    if not method.supports(ud, d):
        raise NoMethodError(ud.url)
    return method
