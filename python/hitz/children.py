# SPDX-License-Identifier: Apache-2.0
"""Work that takes long is done by a process of its own, a fork of the script with all that it knows; its events come
back over a socket.

A message is an event as a pickle, in pieces: "!?I" (the last piece, the process that sends) and up to 60000 bytes.
Whoever that process forks may send as well: each piece arrives whole."""

import os
import pickle
import signal
import socket
import struct
import sys
import time

_HEAD = struct.Struct("!?I")
_PIECE = 60000


class Channel:
    """The end of the process that works."""

    def __init__(self, end):
        self._end = end

    def send(self, event):
        try:
            text = pickle.dumps(event)
        except Exception:  # an event of metadata may hold what nobody else can have
            return
        try:
            for start in range(0, len(text), _PIECE):
                self._end.send(_HEAD.pack(start + _PIECE >= len(text), os.getpid()) + text[start:start + _PIECE])
        except (BrokenPipeError, ConnectionError):
            os.kill(os.getpid(), signal.SIGINT)  # nobody waits for us any more


class Child:
    """A process that works; work(channel) is what it does."""

    def __init__(self, name, work):
        self.name = name
        self._pieces = {}
        self._end, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self._live(Channel(theirs), work)
        theirs.close()

    def _live(self, channel, work):
        status = 1
        try:
            self._end.close()
            os.setsid()  # Ctrl-C is the script's; it passes it on
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            work(channel)
            status = 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def receive(self, timeout):
        """The next event; None when there is none in time or nothing will come any more."""
        until = time.monotonic() + timeout
        while True:
            left = max(0.0, until - time.monotonic())
            self._end.settimeout(left or 0.000001)
            try:
                piece = self._end.recv(_PIECE + 1024)
            except (BlockingIOError, TimeoutError):
                if not left:
                    return None
                continue
            except ConnectionError:
                piece = b""
            if not piece:
                return None
            last, pid = _HEAD.unpack_from(piece)
            text = self._pieces.pop(pid, b"") + piece[_HEAD.size:]
            if last:
                return pickle.loads(text)
            self._pieces[pid] = text

    def ended(self):
        """Whether the process has ended; what it sent may still be there."""
        if self.pid is None:
            return True
        pid, _ = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.pid = None
        return bool(pid)

    def interrupt(self):
        if not self.ended():
            os.kill(self.pid, signal.SIGINT)

    def leave(self, patience=0.0):
        """Ends it: by itself within patience, else by being asked twice, else at once."""
        for wait, number in ((patience, signal.SIGINT), (0.2, signal.SIGINT), (10.0, signal.SIGKILL), (1.0, None)):
            until = time.monotonic() + wait
            while not self.ended() and time.monotonic() < until:
                self.receive(0.05)
            if self.ended():
                break
            if number is not None:
                os.kill(self.pid, number)
        self._end.close()
