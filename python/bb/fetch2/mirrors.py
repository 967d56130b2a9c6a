# SPDX-License-Identifier: Apache-2.0
"""PREMIRRORS and MIRRORS: pairs of what to find in a URL and what to put there instead.

Both are URLs; the parts of the first are regular expressions, one for each part of the URL. The second may use TYPE,
HOST, PATH, BASENAME and MIRRORNAME. What comes out is looked for in the other pairs again."""

import errno
import os
import re

import bb
from bb import utils
from bb.fetch2 import checksum
from bb.fetch2.errors import BBFetchException, ChecksumError, NetworkAccess, NoChecksumError
from bb.fetch2.network import logger, trusted_network
from bb.fetch2.uri import decodemirrorurl, encodeurl

_TYPE, _HOST, _PATH, _USER, _PASSWORD, _PARAMS = range(6)


def mirror_from_string(data):
    """Pairs of (find, replacement)."""
    words = (data or "").replace("\\n", " ").split()
    if len(words) % 2:
        bb.warn("Invalid mirror data %s, should have paired members." % data)
    return list(zip(words[0::2], words[1::2]))


def _filled(text, replacements):
    for name, value in replacements.items():
        text = text.replace(name, value)
    return text


def _with_basename(path, original, basename):
    """A path that ends with the name that the file has here."""
    old, rooted = os.path.basename(original), "/" + path
    if old and basename != old and rooted.endswith("/" + old):
        return rooted[1:-len(old)] + basename
    return path if rooted.endswith("/" + basename) else os.path.join(path, basename)


def uri_replace(ud, uri_find, uri_replace, replacements, d, mirrortarball=None):
    """The URL that a pair makes of one; None when the pair is not about it or changes nothing."""
    if not ud.url or not uri_find or not uri_replace:
        logger.error("uri_replace: passed an undefined value, not replacing")
        return None
    source, find, replacement = (list(decodemirrorurl(url)) for url in (ud.url, uri_find, uri_replace))
    result = ["", "", "", "", "", dict(source[_PARAMS])]
    for part in (_TYPE, _HOST, _PATH, _USER, _PASSWORD):
        pattern = find[part]
        if part == _TYPE and pattern and not pattern.endswith("$"):
            pattern += "$"  # or "http" would be found in "https"
        if part in (_USER, _PASSWORD) and replacement[part]:
            result[part] = replacement[part]
            continue
        if not re.match(pattern, source[part]):
            return None
        if replacement[part]:
            result[part] = re.sub(pattern, _filled(replacement[part], replacements), source[part], count=1)
    basename = None
    if source[_TYPE] != replacement[_TYPE] and mirrortarball:
        basename, result[_PARAMS] = os.path.basename(mirrortarball), {}  # parameters say nothing of a tarball
    elif any(source[_PARAMS].get(name) != value for name, value in find[_PARAMS].items()):
        return None
    elif ud.localpath and ud.method.supports_checksum(ud):
        basename = os.path.basename(ud.localpath)
    if basename:
        result[_PATH] = _with_basename(result[_PATH], source[_PATH], basename)
    result[_PARAMS].update((name, _filled(value, replacements)) for name, value in replacement[_PARAMS].items())
    url = encodeurl(result)
    return None if url == ud.url else url


def build_mirroruris(origud, mirrors, ld):
    """The URLs that mirrors hold a source under, with what is known of each, in the order in which to try them."""
    from bb.fetch2.urldata import FetchData
    replacements = {
        "TYPE": origud.type, "HOST": origud.host, "PATH": origud.path, "BASENAME": origud.path.split("/")[-1],
        "MIRRORNAME": origud.host.replace(":", ".") + origud.path.replace("/", ".").replace("*", ".")}
    tarballs = origud.mirrortarballs or [None]
    uris, uds = [], []

    def add(ud, pairs):
        for pair in pairs:
            others = [other for other in pairs if other is not pair]  # a pair is used once, or there would be no end
            for tarball in tarballs:
                url = uri_replace(ud, *pair, replacements, ld, tarball)
                if not url or url in uris or url == origud.url:
                    continue
                if not trusted_network(ld, url):
                    logger.debug("Mirror %s not in the list of trusted networks, skipping", url)
                    continue
                try:
                    new = FetchData(url, ld)
                    new.ignore_checksums = True
                    new.setup_localpath(ld)
                except BBFetchException as exc:
                    logger.debug("Mirror fetch failure for url %s (original url: %s)\n%s", url, origud.url, exc)
                    continue
                uris.append(url)
                uds.append(new)
                add(new, others)

    add(origud, list(mirrors))
    return uris, uds


def _came_as_tarball(ud, origud, ld):
    """A tarball of a repository: the real fetcher makes the repository of it."""
    if ud.donestamp:
        utils.mkdirhier(os.path.dirname(ud.donestamp))
        with open(ud.donestamp, "w"):
            pass
    place = os.path.join(ld.getVar("DL_DIR"), os.path.basename(ud.localpath))
    if not os.path.exists(place):
        try:
            os.symlink(ud.localpath, place)
        except FileExistsError:  # file:// takes no lock: another task may have been here
            pass
    if not checksum.verify_donestamp(origud, ld) or origud.method.need_update(origud, ld):
        origud.method.download(origud, ld)
        origud.method.build_mirror_data(origud, ld)
    return origud.localpath


def _take(fetch, origud, ud, ld, check):
    if check:
        return ud.method.checkstatus(fetch, ud, ld) or False
    if not checksum.verify_donestamp(ud, ld, origud) or ud.method.need_update(ud, ld):
        ud.method.download(ud, ld)
        ud.method.build_mirror_data(ud, ld)
    if not ud.localpath or not os.path.exists(ud.localpath):
        return False
    if ud.localpath == origud.localpath:
        origud.method.update_donestamp(origud, ld)  # what is wrong is found out while there are other mirrors
        return ud.localpath
    if utils.to_boolean(ld.getVar("BB_FETCH_PREMIRRORONLY")):
        ld = ld.createCopy()
        ld.setVar("BB_NO_NETWORK", "1")
    name = os.path.basename(ud.localpath)
    if name in origud.mirrortarballs and name != os.path.basename(origud.localpath):
        return _came_as_tarball(ud, origud, ld)
    origud.method.update_mirror_links(ud, origud)
    checksum.update_stamp(origud, ld)
    return ud.localpath


def _note_failure(exc, origud, ud, ld):
    origud.tried.append((ud.url, exc))
    if isinstance(exc, ChecksumError):
        logger.warning("Mirror checksum failure for url %s (original url: %s)\nCleaning and trying again.\n%s", ud.url, origud.url, exc)
        if ud.type != "file" and os.path.exists(ud.localpath):  # what a mirror in the file system has is not ours
            checksum.rename_bad_checksum(ud, exc.checksum)
    else:
        logger.debug("Mirror fetch failure for url %s (original url: %s)\n%s", ud.url, origud.url, exc)
    if ud.method.cleanup_upon_failure():
        ud.method.clean(ud, ld)


def try_mirror_url(fetch, origud, ud, ld, check=False):
    """What one mirror gives: a path, True for a check that went well, False when another is to be tried."""
    from bb.fetch2.turns import locked
    try:
        with locked(ud.lockfile if ud.lockfile != origud.lockfile else None):
            return _take(fetch, origud, ud, ld, check)
    except (NetworkAccess, NoChecksumError):
        raise
    except BBFetchException as exc:
        _note_failure(exc, origud, ud, ld)
        return False
    except OSError as exc:
        if exc.errno != errno.ESTALE:
            raise
        logger.warning("Stale Error Observed %s.", ud.url)
        return False


def try_mirrors(fetch, d, origud, mirrors, check=False):
    """What the first mirror gives that has a source; None when none has."""
    ld = d.createCopy()
    for ud in build_mirroruris(origud, mirrors, ld)[1]:
        found = try_mirror_url(fetch, origud, ud, ld, check)
        if found:
            return found
    return None
