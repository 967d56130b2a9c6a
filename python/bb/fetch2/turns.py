# SPDX-License-Identifier: Apache-2.0
"""One at a time: of the threads that fetch the sources of a recipe only one works at any moment, because the datastore
is for one. A thread gives its turn away while it waits for the network, for a lock or for time to pass."""

import contextlib
import threading
import time

from bb import utils

_turn = threading.RLock()
_mine = threading.local()


@contextlib.contextmanager
def taken():
    """Within it this thread has the turn."""
    with _turn:
        _mine.depth = getattr(_mine, "depth", 0) + 1
        try:
            yield
        finally:
            _mine.depth -= 1


@contextlib.contextmanager
def given_away():
    """Within it others may have the turn; nothing of the datastore is to be touched."""
    depth = getattr(_mine, "depth", 0)
    for _ in range(depth):
        _turn.release()
    try:
        yield
    finally:
        for _ in range(depth):
            _turn.acquire()


def sleep(seconds):
    with given_away():
        time.sleep(seconds)


@contextlib.contextmanager
def locked(name):
    """A lock file held, among processes and threads; none for no name."""
    if not name:
        yield
        return
    lock = utils.lockfile(name, retry=False)
    if lock is None:
        with given_away():
            lock = utils.lockfile(name)
    try:
        yield
    finally:
        utils.unlockfile(lock)
