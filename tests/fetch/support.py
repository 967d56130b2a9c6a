# SPDX-License-Identifier: Apache-2.0
"""What the tests of the fetchers share: a datastore with a DL_DIR of its own, and a list of the tests."""

import contextlib
import hashlib
import logging
import os
import shutil
import subprocess
import tempfile

import bb

TESTS = []


def test(name):
    """Adds a test, whose name is a sentence."""
    def add(function):
        TESTS.append((name, function))
        return function
    return add


def needs(*programs):
    """Marks a test as one for machines that have some programs."""
    def mark(function):
        function.needs = programs
        return function
    return mark


def _folder():
    """Where files cost least: removing them may take long on a disk."""
    memory = "/dev/shm"
    fits = os.path.isdir(memory) and os.access(memory, os.W_OK) and not os.statvfs(memory).f_flag & os.ST_NOEXEC
    return memory if fits and "TMPDIR" not in os.environ else None


class Place:
    """A folder with downloads/, work/ and upstream/, and a datastore that means it."""

    def __init__(self, **variables):
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="hitz-fetch-", dir=_folder()))
        for name in ("downloads", "work", "upstream", "mirror", "cache"):
            os.mkdir(self.path(name))
        self.d = bb.data.init()
        for name, value in {"DL_DIR": self.path("downloads"), "PATH": os.environ["PATH"], "HOME": self.root, "CACHE": self.path("cache"),
                            "__BBSRCREV_SEEN": "1", "AUTOREV": "${@bb.fetch2.get_autorev(d)}", "PN": "it", "PV": "1", **variables}.items():
            self.d.setVar(name, value)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def write(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def expect(self, data, name=None):
        """The recipe names the checksum of a content."""
        self.d.setVarFlag("SRC_URI", (name + "." if name else "") + "sha256sum", hashlib.sha256(data).hexdigest())

    def fetch(self, *urls):
        fetcher = bb.fetch2.Fetch(list(urls), self.d)
        fetcher.download()
        return fetcher

    def unpack(self, *urls):
        fetcher = self.fetch(*urls)
        fetcher.unpack(self.path("work"))
        return fetcher

    def downloads(self):
        """What lies in DL_DIR, without stamps and locks."""
        return sorted(name for name in os.listdir(self.path("downloads")) if not name.endswith((".done", ".lock")))

    def is_done(self, name):
        return os.path.exists(self.path("downloads", name + ".done"))

    def run(self, command, cwd="upstream"):
        env = {**os.environ, "HOME": self.root, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
               "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_NOSYSTEM": "1", "HGUSER": "a", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["bash", "-ec", command], cwd=self.path(cwd), env=env, capture_output=True, text=True)
        assert done.returncode == 0, "%s\n%s%s" % (command, done.stdout, done.stderr)
        return done.stdout.strip()


def fails(function, kind=bb.fetch2.BBFetchException):
    """The exception that a call raises."""
    try:
        function()
    except kind as exc:
        return exc
    raise AssertionError("nothing was raised")


@contextlib.contextmanager
def logged():
    """The texts that are logged meanwhile."""
    texts = []

    class Keep(logging.Handler):
        def emit(self, record):
            texts.append(record.getMessage())

    handler = Keep()
    bb.logger.addHandler(handler)
    try:
        yield texts
    finally:
        bb.logger.removeHandler(handler)


@contextlib.contextmanager
def events():
    """The events that are fired meanwhile."""
    seen, fire = [], bb.event.fire

    def keep(event, d):
        seen.append(event)
    bb.event.fire = keep
    try:
        yield seen
    finally:
        bb.event.fire = fire


def same(got, wanted):
    assert got == wanted, "%r, not %r" % (got, wanted)
