# SPDX-License-Identifier: Apache-2.0
"""Sources: what SRC_URI names, brought to DL_DIR, held against its checksums, and unpacked.

    uri         a URL in parts                     urldata   what is known of one
    method      what all fetchers have in common   fetcher   the sources of a recipe (Fetch)
    mirrors     PREMIRRORS and MIRRORS             checksum  checksums and done stamps
    revision    which revision is meant            network   commands, and whether the network may be asked
    transfer    libcurl                            turns     several sources at once
    local wget crate gomod npm npmsw az sftp ssh s3 gcp git gitsm gitannex svn hg repo perforce clearcase cvs bzr osc
    debsrc      the fetchers, imported when a URL asks for one"""

import os

import bb
from bb import checksum as _file_checksums
from bb import utils
from bb.fetch2 import method, network, urldata  # noqa: F401
from bb.fetch2.errors import (  # noqa: F401
    BBFetchException, ChecksumError, EnvironmentFault, FetchError, LocalModificationsError, MalformedUrl, MissingChecksumEvent,
    MissingParameterError, NetworkAccess, NetworkFault, NoChecksumError, NoMethodError, NonLocalMethod, ParameterError, RebaseError, UnpackError,
    UntrustedUrl)
from bb.fetch2.method import DummyUnpackTracer, FetchMethod, methods  # noqa: F401
from bb.fetch2.network import (  # noqa: F401
    FETCH_EXPORT_VARS, check_network_access, get_fetcher_environment, logger, runfetchcmd, trusted_network)
from bb.fetch2.release import checksum_kinds
from bb.fetch2.revision import (  # noqa: F401
    get_autorev, get_hashvalue, get_pkgv_string, get_srcrev, mark_recipe_nocache, srcrev_internal_helper)
from bb.fetch2.uri import URI, decodemirrorurl, decodeurl, encodeurl  # noqa: F401
from bb.fetch2.urldata import FetchData  # noqa: F401
from hitz import witness

__version__ = "2"
_checksum_cache = _file_checksums.FileChecksumCache()
_FETCHERS = {place.partition(".")[0] for place in method._KINDS.values()}
SHOWN_CHECKSUM_LIST = ["sha256"]
# Recipes are read without what fetches them.
_LATER = {"Fetch": "fetcher", "FetchConnectionCache": "fetcher", "localpath": "fetcher", "rename_bad_checksum": "checksum",
          "update_stamp": "checksum", "verify_checksum": "checksum", "verify_donestamp": "checksum", "build_mirroruris": "mirrors",
          "mirror_from_string": "mirrors", "try_mirror_url": "mirrors", "try_mirrors": "mirrors", "uri_replace": "mirrors"}


def __getattr__(name):
    """What is imported when it is named, and the list of checksums, which depends on the release."""
    if name == "CHECKSUM_LIST":
        return checksum_kinds()
    if name in _FETCHERS or name in _LATER:
        import importlib
        module = importlib.import_module("bb.fetch2." + _LATER.get(name, name))
        if name in _FETCHERS:
            return module
        value = globals()[name] = getattr(module, name)
        return value
    raise AttributeError("module 'bb.fetch2' has no attribute '%s'" % name)


def get_checksum_file_list(d):
    """"path:True" for every local source: its content belongs to the task's hash."""
    out = []
    for url in (d.getVar("SRC_URI") or "").split():
        if not url.startswith("file://"):
            continue
        path = decodeurl(d.expand(url))[2]
        filespath = d.getVar("FILESPATH") or ""
        with witness.quiet():  # what this flag says is looked at again before a recipe is taken from the cache
            found, tried = (path, [path]) if os.path.isabs(path) else utils.which(filespath, path, history=True)
            there = os.path.exists(tried[-1])
        if not found:
            bb.fatal("Unable to get checksum for %s SRC_URI entry %s: file could not be found\nThe following paths were searched:\n%s"
                     % (d.getVar("PN"), os.path.basename(path), "\n".join(tried)))
        # A file that appears earlier on the path would be taken instead: those places count too.
        out += [place + ":False" for place in tried[:-1]] + ["%s:%s" % (tried[-1], there)]
    return " ".join(out)


def get_file_checksums(filelist, pn, localdirsexclude):
    """(path, MD5) of every file of a file-checksums flag."""
    return _checksum_cache.get_checksums(filelist, pn, localdirsexclude)


def subprocess_setup():
    """Programs that are not Python's expect to be ended by SIGPIPE."""
    import signal
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


# ---- what a server of BitBake's calls before and after reading recipes

def fetcher_init(d, servercontext=True):
    """Repositories are asked anew, unless BB_SRCREV_POLICY says that what they said is kept."""
    from bb.fetch2 import revision
    if servercontext and revision.policy(d) == "clear":
        revision.forget()
    for one in methods:
        one.init(d)


def fetcher_parse_save():
    """What was learnt is written as it is learnt."""


def fetcher_parse_done():
    """What was learnt is written as it is learnt."""


saved_headrevs = {}


def fetcher_compare_revisions(d):
    """Whether a repository says something else than when this was asked last."""
    from bb.fetch2 import revision
    global saved_headrevs
    before, saved_headrevs = saved_headrevs, revision.known()
    return before != saved_headrevs
