# SPDX-License-Identifier: Apache-2.0
"""Files from http, https and ftp servers by libcurl.

A file grows under a name of its own and is taken up where it broke off. It is for the caller to see whether it is the
right one: a server may lie about length, ignore ranges, or send a page that says that it is sorry."""

import contextlib
import io
import os
import re
import signal
import threading
import time
import urllib.parse

import bb
import pycurl
from bb.fetch2 import turns
from bb.fetch2.errors import EnvironmentFault, FetchError, NetworkFault

WAITS = (1, 3)  # seconds between tries that brought nothing new
_REDIRECTS = 20
_CONNECT_SECONDS, _SILENT_SECONDS = 30, 100
_PROTOCOLS = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS | pycurl.PROTO_FTP | pycurl.PROTO_FTPS
# What will be the same the next time.
_FOR_GOOD = {pycurl.E_UNSUPPORTED_PROTOCOL, pycurl.E_URL_MALFORMAT, pycurl.E_REMOTE_ACCESS_DENIED, pycurl.E_TOO_MANY_REDIRECTS,
             pycurl.E_SSL_PEER_CERTIFICATE, pycurl.E_SSL_CACERT, pycurl.E_SSL_CERTPROBLEM, pycurl.E_SSL_CIPHER, pycurl.E_LOGIN_DENIED,
             pycurl.E_REMOTE_FILE_NOT_FOUND, pycurl.E_FTP_COULDNT_RETR_FILE, pycurl.E_SSL_CACERT_BADFILE}
# Nobody is there: not worth the wait here, whoever calls may try later.
_NOT_THERE = {pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_RESOLVE_PROXY, pycurl.E_COULDNT_CONNECT}
_OVERLOADED = {408, 425, 429, 500, 502, 503, 504}


@contextlib.contextmanager
def no_broken_pipes():
    """Within it a server that goes away is an error, not a signal. Only the main thread may say so, for all."""
    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGPIPE, before)


class Settings:
    """How servers are asked: proxies, certificates, names and passwords. Read from d once, for all that follows."""

    def __init__(self, d, ud=None):
        from bb.fetch2.network import get_fetcher_environment
        env = get_fetcher_environment(d)
        self.proxies = {kind: env.get(kind + "_proxy") or env.get(kind.upper() + "_PROXY") for kind in ("http", "https", "ftp", "ftps", "all")}
        self.no_proxy = env.get("no_proxy") or env.get("NO_PROXY")
        self.cafile, self.capath = env.get("SSL_CERT_FILE"), env.get("SSL_CERT_DIR")
        self.netrc = os.path.join(env["HOME"], ".netrc") if env.get("HOME") else None
        self.verify = (d.getVar("BB_CHECK_SSL_CERTS") or "1") != "0"
        self.silent_seconds = int(d.getVar("HITZ_FETCH_TIMEOUT") or _SILENT_SECONDS)
        self.user = "%s:%s" % (ud.user, ud.pswd) if ud is not None and ud.user and ud.pswd else None
        self.password_travels = ud is not None and ud.parm.get("redirectauth") == "1"
        self.d = d

    def handle(self, address, curl=None):
        """A curl handle for an address."""
        curl = curl or pycurl.Curl()
        scheme = address.split(":", 1)[0].lower()
        options = {
            pycurl.URL: urllib.parse.quote(address, safe="%/:=&?~#+!$,;'@()*[]"), pycurl.NOSIGNAL: 1, pycurl.FOLLOWLOCATION: 1,
            pycurl.MAXREDIRS: _REDIRECTS, pycurl.FAILONERROR: 1, pycurl.PROTOCOLS: _PROTOCOLS, pycurl.REDIR_PROTOCOLS: _PROTOCOLS,
            pycurl.CONNECTTIMEOUT: min(_CONNECT_SECONDS, self.silent_seconds), pycurl.USERAGENT: "hitz", pycurl.OPT_FILETIME: 1,
            pycurl.SSL_VERIFYPEER: int(self.verify), pycurl.SSL_VERIFYHOST: 2 if self.verify else 0, pycurl.NETRC: pycurl.NETRC_OPTIONAL,
            pycurl.PROXY: self.proxies.get(scheme) or self.proxies["all"] or "", pycurl.NOPROXY: self.no_proxy or "",
            pycurl.UNRESTRICTED_AUTH: int(self.password_travels), pycurl.HTTPAUTH: pycurl.HTTPAUTH_BASIC}
        for option, value in ((pycurl.CAINFO, self.cafile), (pycurl.CAPATH, self.capath), (pycurl.USERPWD, self.user),
                              (pycurl.NETRC_FILE, self.netrc)):
            if value:
                options[option] = value
        for option, value in options.items():
            curl.setopt(option, value)
        return curl


class _Board:
    """How far all transfers of this process are, for the terminal."""

    def __init__(self):
        self.got, self.total, self.at, self.began, self.before = {}, {}, 0.0, 0.0, 0

    def enter(self, key, start):
        if not self.got:
            self.began, self.before, self.at = time.monotonic(), 0, 0.0
        self.got[key], self.total[key] = start, 0
        self.before += start

    def leave(self, key):
        del self.got[key], self.total[key]

    def note(self, key, got, total, d):
        self.got[key], self.total[key] = got, total
        now = time.monotonic()
        if now - self.at < 0.5:
            return
        self.at = now
        done, whole = sum(self.got.values()), sum(self.total.values())
        rate = max(done - self.before, 0) / max(now - self.began, 0.1)
        known = all(self.total.values())
        text = _amount(rate) + "/s"
        if known and rate > 0:
            text += " %d:%02d left" % divmod(int((whole - done) / rate), 60)
        with turns.taken():
            bb.event.fire(bb.build.TaskProgress(min(100, done * 100 // whole) if known and whole else -done, text), d)


def _amount(size):
    for unit in ("", "K", "M"):
        if size < 1000:
            return "%d%s" % (size, unit) if not unit or size >= 100 else "%.1f%s" % (size, unit)
        size /= 1024
    return "%.1fG" % size


_board = _Board()


class _Download:
    """One try to get a file, or the rest of one."""

    def __init__(self, address, path, settings):
        self.address, self.path, self.settings = address, path, settings
        self.start = os.path.getsize(path) if os.path.exists(path) else 0
        self.out = self.failure = self.status = None
        self.headers, self.got, self.since = {}, 0, time.monotonic()

    def header(self, line):
        text = line.decode("iso-8859-1")
        name, colon, value = text.partition(":")
        if text.startswith("HTTP/"):  # after a redirect they begin anew
            self.headers.clear()
            self.status = (text.split() + ["", ""])[1]
        elif colon:
            self.headers[name.strip().lower()] = value.strip()

    def resumes(self):
        """Whether what comes is what was asked for: the rest, from where the file ends."""
        if self.status is None:  # ftp: the server was told where to begin
            return True
        found = re.match(r"bytes (\d+)-", self.headers.get("content-range", ""))
        return self.status == "206" and found is not None and int(found[1]) == self.start

    def body(self, data):
        try:
            if self.out is None:
                if self.start and not self.resumes():
                    self.start = 0
                self.out = open(self.path, "ab" if self.start else "wb")
            self.out.write(data)
        except OSError as exc:
            self.failure = exc
            return 0
        return None

    def progress(self, total, got, *_):
        """Called as bytes come, and every second in any case."""
        now = time.monotonic()
        if got != self.got:
            self.got, self.since = got, now
            _board.note(id(self), self.start + got, self.start + total if total else 0, self.settings.d)
        return int(now - self.since > self.settings.silent_seconds)

    def run(self):
        """Raises pycurl.error or OSError; what has come is in the file in any case."""
        self.curl = self.settings.handle(self.address)
        if self.start and self.address.lower().startswith("http"):
            self.curl.setopt(pycurl.RANGE, "%d-" % self.start)
        elif self.start:
            self.curl.setopt(pycurl.RESUME_FROM_LARGE, self.start)
        self.curl.setopt(pycurl.HEADERFUNCTION, self.header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self.body)
        self.curl.setopt(pycurl.XFERINFOFUNCTION, self.progress)
        self.curl.setopt(pycurl.NOPROGRESS, 0)
        _board.enter(id(self), self.start)
        try:
            with turns.given_away():
                self.curl.perform()
            if self.out is None:  # nothing came, and that was all
                open(self.path, "ab" if self.start and self.resumes() else "wb").close()
            self.answered = self.curl.getinfo(pycurl.INFO_FILETIME)
        except pycurl.error:
            if self.failure:
                raise self.failure
            raise
        finally:
            self.code = self.curl.getinfo(pycurl.RESPONSE_CODE)
            _board.leave(id(self))
            if self.out:
                self.out.close()
            self.curl.close()

    def is_whole(self):
        """Of an answer that says there is no more: whether that is because everything is here."""
        return self.headers.get("content-range", "").endswith("/%d" % self.start)


def _fault(exc, code, address):
    """The exception for what libcurl says."""
    number, text = exc.args[0], re.sub(r" after \d+ ms", "", exc.args[1] if len(exc.args) > 1 else "")
    if number == pycurl.E_HTTP_RETURNED_ERROR:
        kind = NetworkFault if code in _OVERLOADED else FetchError
        return kind("the server says %d" % code, address)
    if number == pycurl.E_ABORTED_BY_CALLBACK:
        text = "nothing came any more"
    if number == pycurl.E_TOO_MANY_REDIRECTS:
        text = "more than %d redirects" % _REDIRECTS
    return (FetchError if number in _FOR_GOOD else NetworkFault)(text or "libcurl's error %d" % number, address)


def download(address, path, settings):
    """Brings an address to a file, from where the file ends. Raises FetchError, NetworkFault where it is the network's."""
    with no_broken_pipes():
        _try_until(address, path, settings)


def _try_until(address, path, settings):
    waits = list(WAITS)
    while True:
        one = _Download(address, path, settings)
        start = one.start
        try:
            one.run()
            if one.answered > 0:
                os.utime(path, (time.time(), one.answered))
            return
        except OSError as exc:
            raise EnvironmentFault("cannot write %s: %s" % (path, exc.strerror), address) from exc
        except pycurl.error as exc:
            if start and one.code == 416:
                if one.is_whole():
                    return
                os.unlink(path)
                continue
            if start and exc.args[0] == pycurl.E_FTP_COULDNT_USE_REST:
                os.unlink(path)
                continue
            fault = _fault(exc, one.code, address)
            if not fault.of_environment or exc.args[0] in _NOT_THERE:
                raise fault from exc
            if os.path.exists(path) and os.path.getsize(path) > start:
                waits = list(WAITS)  # something came: the next try is a first one
            if not waits:
                raise fault from exc
            bb.note("%s: %s; trying again" % (address, fault.args[0]))
            turns.sleep(waits.pop(0))


def _small(settings, address, curl, **more):
    """Asks for something small; its text."""
    out = io.BytesIO()
    curl = settings.handle(address, curl)
    curl.setopt(pycurl.TIMEOUT, settings.silent_seconds)
    curl.setopt(pycurl.WRITEFUNCTION, more.get("write", out.write))
    curl.setopt(pycurl.NOBODY, int("head" in more))
    if "head" not in more:
        curl.setopt(pycurl.HTTPGET, 1)
    with no_broken_pipes(), turns.given_away():
        curl.perform()
    return out.getvalue()


def read(address, settings):
    """What an address holds, as text."""
    curl = pycurl.Curl()
    try:
        return _small(settings, address, curl).decode("utf-8", "replace")
    except pycurl.error as exc:
        raise _fault(exc, curl.getinfo(pycurl.RESPONSE_CODE), address) from exc
    finally:
        curl.close()


def is_there(address, settings, connections=None):
    """Whether a server has something; connections are kept for the next question."""
    place = urllib.parse.urlsplit(address).netloc.rpartition("@")[2], address.split(":", 1)[0]
    kept = connections.get_connection(*place) if connections else None
    curl = kept or pycurl.Curl()
    try:
        return _asked(address, settings, curl)
    finally:
        if connections is None:
            curl.close()
        elif kept is None:
            connections.add_connection(*place, curl)


def _asked(address, settings, curl):
    code = 0
    for _ in range(2):  # a connection that was kept may have been closed
        try:
            _small(settings, address, curl, head=True)
            return True
        except pycurl.error as exc:
            code = curl.getinfo(pycurl.RESPONSE_CODE)
            bb.debug(2, "%s: %s" % (address, exc))
            if exc.args[0] == pycurl.E_HTTP_RETURNED_ERROR:
                break
    if code not in (403, 405):  # some servers have an answer to GET alone, and some of those say 403
        return False
    try:
        _small(settings, address, curl, write=lambda data: 0)
    except pycurl.error as exc:
        return exc.args[0] == pycurl.E_WRITE_ERROR
    return True
