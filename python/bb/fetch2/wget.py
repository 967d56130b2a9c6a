# SPDX-License-Identifier: Apache-2.0
"""http, https and ftp sources, and files of the layers themselves."""

import os
import shutil
import urllib.error
import urllib.request

import bb
from bb import fetch2
from bb.fetch2 import method

_CONNECT_SECONDS = 10


class Wget(method.Method):
    """Downloads with resumption; a partial file is kept for the next try."""

    resumes = True

    def address(self, source):
        return "%s://%s%s" % (source.type, source.host, source.path)

    def is_done(self, ud, d):
        if not os.path.exists(ud.localpath):
            return False
        try:
            if not os.path.exists(ud.donestamp):
                fetch2.verify_checksum(ud, d)
                with open(ud.donestamp, "w"):
                    pass
            return True
        except fetch2.ChecksumError as exc:
            bad = "%s_bad-checksum_%s" % (ud.localpath, exc.checksum)
            bb.warn("Renaming %s to %s: its checksum is not the recipe's" % (ud.localpath, bad))
            os.rename(ud.localpath, bad)
            return False

    def download(self, source, ud, partial, d):
        url = self.address(source)
        start = os.path.getsize(partial) if os.path.exists(partial) else 0
        request = urllib.request.Request(url, headers={"User-Agent": "hitz", **({"Range": "bytes=%d-" % start} if start else {})})
        try:
            with urllib.request.urlopen(request, timeout=_CONNECT_SECONDS) as answer:
                resumed = start and getattr(answer, "status", 0) == 206
                length = answer.headers.get("Content-Length")
                with open(partial, "ab" if resumed else "wb") as out:
                    shutil.copyfileobj(answer, out, 1 << 20)
                got = os.path.getsize(partial) - (start if resumed else 0)
                if length is not None and got != int(length):
                    raise fetch2.FetchError("the connection broke after %d of %s bytes" % (got, length), url)
        except urllib.error.HTTPError as exc:
            if exc.code == 416:  # what is there is longer than the file: start again
                os.unlink(partial)
            raise fetch2.FetchError("the server says %d %s" % (exc.code, exc.reason), url) from exc
        except (urllib.error.URLError, OSError) as exc:
            raise fetch2.FetchError(str(getattr(exc, "reason", exc)), url) from exc

    def unpack(self, ud, root, d):
        fetch2.unpack_file(ud, root, d)


class Local(Wget):
    """file:// sources and mirrors that are folders of this machine."""

    has_checksum = False
    resumes = False

    def prepare(self, ud, d):
        if "*" in ud.path:
            raise fetch2.ParameterError("file:// urls using globbing are no longer supported. Please place the files in a "
                                        "directory and reference that instead.", ud.url)

    def is_done(self, ud, d):
        return True

    def download(self, source, ud, partial, d):
        path = source.path if os.path.isabs(source.path) else source.localpath
        if not path or not os.path.exists(path):
            raise fetch2.FetchError("there is no file %s" % source.path, source.url)
        shutil.copyfile(path, partial)
