# SPDX-License-Identifier: Apache-2.0
"""Checksums that recipes name, and the done stamps that keep what a file's were when it came.

A done stamp is a pickled table of checksums by kind; an empty file says only that the download ended."""

import hashlib
import os

import bb
from bb import utils
from bb.fetch2.errors import ChecksumError, MissingChecksumEvent, NoChecksumError
from bb.fetch2.network import logger
from bb.fetch2.release import checksum_kinds


def checksums_of(path, known=None):
    """Every checksum of a file by kind, but those that are known already."""
    out = dict(known or {})
    missing = [kind for kind in checksum_kinds() if kind not in out]
    digests = {kind: hashlib.new(kind) for kind in missing if kind != "goh1"}
    if digests:
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                for digest in digests.values():
                    digest.update(chunk)
    if "goh1" in missing:
        out["goh1"] = utils.goh1_file(path)
    out.update((kind, digest.hexdigest()) for kind, digest in digests.items())
    return {kind: out[kind] for kind in checksum_kinds()}


def _lines_to_paste(ud, sums):
    return ["SRC_URI[%s] = \"%s\"" % (getattr(ud, kind + "_name"), sums[kind]) for kind in bb.fetch2.SHOWN_CHECKSUM_LIST]


def _without_checksum(ud, d, sums):
    strict = d.getVar("BB_STRICT_CHECKSUM") or "0"
    lines = _lines_to_paste(ud, sums)
    if strict == "1":
        raise NoChecksumError("\n".join(lines))
    bb.event.fire(MissingChecksumEvent(ud.url, **{kind + "sum": value for kind, value in sums.items()}), d)
    if strict != "ignore":
        logger.warning("Missing checksum for '%s', consider adding at least one to the recipe:\n%s", ud.localpath, "\n".join(lines))


def verify_checksum(ud, d, precomputed={}, localpath=None, fatal_nochecksum=True):
    """The checksums of a downloaded file; raises when one that its recipe names is another."""
    if ud.ignore_checksums or not ud.method.supports_checksum(ud):
        return {}
    path = localpath or ud.localpath
    sums = checksums_of(path, precomputed)
    expected = {kind: getattr(ud, kind + "_expected") for kind in sums}
    expected = {kind: value for kind, value in expected.items() if value}
    if ud.debian_sha256 and sums["sha256"] == ud.debian_sha256:
        return sums
    if not expected and fatal_nochecksum and ud.method.recommends_checksum(ud):
        _without_checksum(ud, d, sums)
    wrong = [kind for kind, value in expected.items() if value != sums[kind]]
    if not wrong:
        return sums
    lines = ["Checksum mismatch!"]
    lines += ["File: '%s' has %s checksum '%s' when '%s' was expected" % (path, kind, sums[kind], expected[kind]) for kind in wrong]
    lines += ["If this change is expected (a new version, say), put this into the recipe:"] + _lines_to_paste(ud, sums)
    lines += ["If it is not, the file was damaged on its way or is not what it was upstream: try again, or ask there."]
    raise ChecksumError("\n".join(lines), ud.url, sums[wrong[-1]])


def _unpickled(file):
    """A table of texts alone: whoever may write to DL_DIR gets no code run."""
    import pickle

    class Plain(pickle.Unpickler):
        def find_class(self, module, name):
            raise pickle.UnpicklingError("%s.%s in a done stamp" % (module, name))

    return dict(Plain(file).load())


def _stamped(ud):
    """What a done stamp says that is newer than its file. The times of folders say nothing."""
    try:
        if not os.path.isdir(ud.localpath) and os.path.getmtime(ud.localpath) >= os.path.getmtime(ud.donestamp):
            return {}
        with open(ud.donestamp, "rb") as file:
            return _unpickled(file)
    except (EOFError, FileNotFoundError):  # an empty one is of the old kind
        return {}
    except Exception as exc:  # a damaged pickle may raise anything
        logger.warning("Couldn't load checksums from donestamp %s: %s (msg: %s)", ud.donestamp, type(exc).__name__, exc)
        return {}


def _write_stamp(ud, sums):
    """Whole or not at all: a stamp that says less than it should would be believed."""
    import pickle
    part = "%s.%d" % (ud.donestamp, os.getpid())
    with open(part, "wb") as file:
        pickle.dump(sums, file, 2)
    os.replace(part, ud.donestamp)


def _set_aside(ud, error, message="Checksum mismatch for local file %s\nCleaning and trying again."):
    logger.warning(message, ud.localpath)
    if os.path.exists(ud.localpath):
        rename_bad_checksum(ud, error.checksum)
    utils.remove(ud.donestamp)


def rename_bad_checksum(ud, suffix):
    """Keeps a file that is not what its recipe says, under a name that says so."""
    if ud.localpath is None:
        return
    aside = "%s_bad-checksum_%s" % (ud.localpath, suffix)
    bb.warn("Renaming %s to %s" % (ud.localpath, aside))
    if not utils.movefile(ud.localpath, aside):
        bb.warn("Renaming %s to %s failed, grep movefile in log.do_fetch to see why" % (ud.localpath, aside))


def verify_donestamp(ud, d, origud=None):
    """Whether a download is there, whole, and what the recipe says. What is not is moved out of the way."""
    if not ud.needdonestamp or (origud and not origud.needdonestamp):
        return True
    if not os.path.exists(ud.localpath):
        utils.remove(ud.donestamp)
        return False
    if not ud.method.supports_checksum(ud) or (origud and not origud.method.supports_checksum(origud)):
        return os.path.exists(ud.donestamp)
    known = _stamped(ud)
    try:
        sums = verify_checksum(ud, d, known)
    except ChecksumError as exc:
        _set_aside(ud, exc)
        return False
    if sums != known:
        _write_stamp(ud, sums)
    return True


def update_stamp(ud, d):
    """Stamps a download that is there as done, after looking at its checksums; an older stamp is touched."""
    if not ud.needdonestamp:
        return
    if os.path.exists(ud.donestamp):
        try:
            os.utime(ud.donestamp)
        except OSError as exc:  # a stamp of someone else's is as good
            logger.debug("%s", exc)
        return
    try:
        _write_stamp(ud, verify_checksum(ud, d))
    except ChecksumError as exc:
        _set_aside(ud, exc)
        raise
