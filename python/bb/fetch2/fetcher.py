# SPDX-License-Identifier: Apache-2.0
"""The sources of a recipe: brought to DL_DIR, looked for, unpacked, removed.

A file is taken from where it is already, from a premirror, from upstream, from a mirror, in this order. Files of web
servers come several at once (HITZ_FETCHES, 4)."""

import errno
import os

import bb
from bb import utils
from bb.fetch2 import mirrors, turns
from bb.fetch2.checksum import rename_bad_checksum
from bb.fetch2.errors import BBFetchException, ChecksumError, FetchError, NetworkAccess, NetworkFault, NoChecksumError, NonLocalMethod, UntrustedUrl
from bb.fetch2.network import logger, trusted_network
from bb.fetch2.urldata import FetchData

_AT_ONCE = 4


_tracers = {}


def _tracer(d):
    """What is told of all that is unpacked, made once: sources within sources tell the same one."""
    place = d.getVar("BB_UNPACK_TRACER_CLASS")
    if not place:
        return FetchData.unpack_tracer
    if place not in _tracers:
        import importlib
        module, _, name = place.rpartition(".")
        _tracers[place] = getattr(importlib.import_module(module), name)()
    return _tracers[place]


def _told(tried):
    """What was tried, and why in vain: a line for each."""
    if not tried:
        return ""
    return " Tried:" + "".join("\n  %s: %s" % (url.split(";")[0], str(exc.args[0]).split("\n")[0]) for url, exc in tried)


class Fetch:
    def __init__(self, urls, d, cache=True, localonly=False, connection_cache=None):
        if localonly and cache:
            raise Exception("bb.fetch2.Fetch.__init__: cannot set cache and localonly at same time")
        self.urls = list(urls or []) or (d.getVar("SRC_URI") or "").split()
        self.d, self.ud, self.connection_cache = d, {}, connection_cache
        self.unpack_tracer = _tracer(d)
        for url in self.urls:
            if url not in self.ud:
                try:
                    self._know(url, localonly)
                except NonLocalMethod:
                    self.ud[url] = None

    def _know(self, url, localonly=False):
        ud = self.ud[url] = FetchData(url, self.d, localonly)
        ud.unpack_tracer = self.unpack_tracer
        return ud

    def _ready(self, url):
        ud = self.ud.get(url) or self._know(url)
        ud.setup_localpath(self.d)
        return ud

    def localpath(self, url):
        return self._ready(url).localpath

    def localpaths(self):
        """Where the downloads are, once they are there."""
        return [self.localpath(url) for url in self.urls]

    def expanded_urldata(self, urls=None):
        """What is known of URLs and of those that are fetched with them."""
        out = []
        for url in urls or self.urls:
            ud = self.ud[url]
            out += [ud] + ud.method.implicit_urldata(ud, self.d)
        return out

    # ---- download

    def download(self, urls=None):
        """Brings sources to DL_DIR. Raises when one cannot be had; the others come all the same."""
        waiting = list(dict.fromkeys(urls or self.urls))
        failures, unchecked = {}, {}

        def one(url):
            try:
                self._one(self._ready(url), url)
            except NoChecksumError as exc:
                unchecked[url] = exc.args[0]

        together = self._worth_threads(waiting)
        if together:
            from bb.fetch2 import parallel
            at_once = int(self.d.getVar("HITZ_FETCHES") or _AT_ONCE)
            failures = parallel.each(one, together, at_once)
        for url in waiting:
            if url in failures:
                raise failures[url]
            if url not in together:
                one(url)
        if unchecked:
            logger.error("Missing SRC_URI checksum, please add those to the recipe: \n%s",
                         "\n".join(unchecked[url] for url in waiting if url in unchecked))
            raise BBFetchException("There was some missing checksums in the recipe")

    def _worth_threads(self, urls):
        """Those whose fetching is mostly waiting for a web server, if they are several."""
        open_ones = [url for url in urls if self._ready(url).donestamp and not os.path.exists(self.ud[url].donestamp)]
        out = [url for url in open_ones if self.ud[url].method.comes_with_others(self.ud[url], self.d)]
        return out if len(out) > 1 and (self.d.getVar("HITZ_FETCHES") or "") != "1" else []

    def _one(self, ud, url):
        with turns.locked(ud.lockfile):
            try:
                self._locked_one(ud, url)
            except OSError as exc:
                if exc.errno != errno.ESTALE:
                    raise
                logger.error("Stale Error Observed %s.", url)
                raise ChecksumError("Stale Error Detected") from exc
            except ChecksumError:
                logger.error("Checksum failure fetching %s", url)
                raise

    def _locked_one(self, ud, url):
        method, d = ud.method, self.d
        ud.tried = []
        done = method.verify_donestamp(ud, d) and not method.need_update(ud, d)
        if not done and method.try_premirror(ud, d):
            done = self._from_premirrors(ud, url)
        failure = None
        if not done:
            if utils.to_boolean(d.getVar("BB_FETCH_PREMIRRORONLY")):
                d = d.createCopy()
                d.setVar("BB_NO_NETWORK", "1")
            done, failure = self._from_upstream_or_mirrors(ud, url, d)
        if not done or not method.done(ud, d):
            if failure:
                logger.error(str(failure))
            kind = NetworkFault if failure is not None and failure.of_environment else FetchError
            raise kind("Unable to fetch URL from any source." + _told(ud.tried), url) from failure
        method.update_donestamp(ud, d)

    def _from_premirrors(self, ud, url):
        logger.debug("Trying PREMIRRORS")
        if not ud.method.try_mirrors(self, ud, self.d, mirrors.mirror_from_string(self.d.getVar("PREMIRRORS"))):
            return False
        try:
            ud.method.update_donestamp(ud, self.d)
            return True
        except ChecksumError as exc:
            logger.warning("Checksum failure encountered with premirror download of %s - will attempt other sources.", url)
            logger.debug(str(exc))
            return False

    def _from_upstream_or_mirrors(self, ud, url, d):
        """(whether it is there, what upstream's failure was)."""
        method = ud.method
        try:
            if not trusted_network(d, ud.url):
                raise UntrustedUrl(ud.url)
            logger.debug("Trying Upstream")
            method.download(ud, d)
            method.build_mirror_data(ud, d)
            method.update_donestamp(ud, d)
            return True, None
        except (NetworkAccess, NoChecksumError):
            raise
        except BBFetchException as exc:
            ud.tried.append((ud.url, exc))
            if isinstance(exc, ChecksumError):
                logger.warning("Checksum failure encountered with download of %s - will attempt other sources if available", url)
                if os.path.exists(ud.localpath):
                    rename_bad_checksum(ud, exc.checksum)
            else:
                logger.warning("Failed to fetch URL %s, attempting MIRRORS if available", url)
            logger.debug(str(exc))
            if method.cleanup_upon_failure():
                method.clean(ud, d)
            logger.debug("Trying MIRRORS")
            return method.try_mirrors(self, ud, d, mirrors.mirror_from_string(d.getVar("MIRRORS"))), exc

    # ---- what else is done with sources

    def checkstatus(self, urls=None):
        """Raises FetchError unless every source can be had from a mirror or upstream. Threads may ask at once."""
        with turns.taken():
            self._check(urls or self.urls)

    def _check(self, urls):
        for url in urls:
            ud = self._ready(url)
            logger.debug("Testing URL %s", url)

            def mirrored(variable):
                return ud.method.try_mirrors(self, ud, self.d, mirrors.mirror_from_string(self.d.getVar(variable)), True)

            if not (mirrored("PREMIRRORS") or ud.method.checkstatus(self, ud, self.d) or mirrored("MIRRORS")):
                raise FetchError("URL doesn't work", url)

    def unpack(self, root, urls=None, update=False):
        """Unpacks sources under a folder."""
        self.unpack_tracer.start(root, self.ud, self.d)
        for url in urls or self.urls:
            ud = self._ready(url)
            with turns.locked(ud.lockfile):
                self.unpack_tracer.start_url(url)
                (ud.method.unpack_update if update else ud.method.unpack)(ud, root, self.d)
                self.unpack_tracer.finish_url(url)
        self.unpack_tracer.complete()

    def unpack_update(self, root, urls=None):
        """Brings what was unpacked to the revisions that are wanted now."""
        self.unpack(root, urls, update=True)

    def clean(self, urls=None):
        """Removes downloads."""
        for url in urls or self.urls:
            ud = self._ready(url)
            if not ud.localfile and ud.localpath is None:
                continue
            with turns.locked(ud.lockfile):
                ud.method.clean(ud, self.d)
                if ud.donestamp:
                    utils.remove(ud.donestamp)


class FetchConnectionCache:
    """Connections that are kept open from one question to the next, by host and port."""

    def __init__(self):
        self.cache = {}

    def get_connection_name(self, host, port):
        return "%s:%s" % (host, port)

    def add_connection(self, host, port, connection):
        self.cache.setdefault(self.get_connection_name(host, port), connection)

    def get_connection(self, host, port):
        return self.cache.get(self.get_connection_name(host, port))

    def remove_connection(self, host, port):
        connection = self.cache.pop(self.get_connection_name(host, port), None)
        if connection is not None:
            connection.close()

    def close_connections(self):
        while self.cache:
            self.cache.popitem()[1].close()


def localpath(url, d):
    return Fetch([url], d).localpath(url)
