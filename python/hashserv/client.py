# SPDX-License-Identifier: Apache-2.0
"""The client's side of the hash equivalence protocol: JSON lines after a greeting; long messages in chunks."""

import json
import os
import socket

PROTOCOL = "OEHASHEQUIV 1.1"
_CHUNK = 32 * 1024  # messages of this size and more are cut
_IN_FLIGHT = 512    # questions sent before their answers are read


class InvokeError(Exception):
    """The server refused a command."""


def listens(path):
    """Whether somebody answers at a socket."""
    try:
        with _folder_of(path) as name, socket.socket(socket.AF_UNIX) as probe:
            probe.connect(name)
            return True
    except OSError:
        return False


class _folder_of:
    """The socket's name within its folder: names of sockets are short, paths need not be."""

    def __init__(self, path):
        self._path = path

    def __enter__(self):
        self._before = os.getcwd()
        os.chdir(os.path.dirname(self._path) or ".")
        return os.path.basename(self._path)

    def __exit__(self, *exc):
        os.chdir(self._before)


def _pieces(text):
    """A long message in lines; servers take blanks from the ends of lines, so none has any there."""
    at = 0
    while at < len(text):
        end = min(at + _CHUNK - 1, len(text))
        while end - at > 1 and (text[end - 1].isspace() or text[end:end + 1].isspace()):
            end -= 1
        yield text[at:end]
        at = end


class Client:
    """One connection, made again once when it breaks."""

    def __init__(self, address, username=None, password=None):
        self._address, self._username, self._password = address, username, password
        self._socket = self._file = None
        self._mode = None  # the stream that is open
        self._connect()

    def _connect(self):
        self.close()
        if self._address[0] == "unix":
            self._socket = socket.socket(socket.AF_UNIX)
            with _folder_of(self._address[1]) as name:
                self._socket.connect(name)
        else:
            self._socket = socket.create_connection(self._address[1:])
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self._mode = None
        self._socket.sendall((PROTOCOL + "\nneeds-headers: false\n\n").encode())
        if self._username:
            self._ask({"auth": {"username": self._username, "token": self._password}})

    def close(self):
        if self._socket is not None:
            self._file.close()
            self._socket.close()
        self._socket = self._file = None

    # ---- messages
    def _line(self):
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the hash equivalence server closed the connection")
        return line[:-1].decode("utf-8")

    def _send_message(self, message):
        text = json.dumps(message)
        if len(text) < _CHUNK - 1:
            self._socket.sendall((text + "\n").encode())
            return
        parts = list(_pieces(text))
        self._socket.sendall("".join(part + "\n" for part in [json.dumps({"chunk-stream": None}), *parts, ""]).encode())

    def _receive_message(self):
        line = self._line()
        message = json.loads(line) if line else None
        if isinstance(message, dict) and "chunk-stream" in message:
            parts = []
            while part := self._line():
                parts.append(part)
            message = json.loads("".join(parts))
        if isinstance(message, dict) and "invoke-error" in message:
            raise InvokeError(message["invoke-error"]["message"])
        return message

    def _ask(self, message):
        self._send_message(message)
        return self._receive_message()

    # ---- modes
    def _leave_stream(self):
        if self._mode is None:
            return
        self._socket.sendall(b"END\n")
        if self._line() != "ok":
            raise ConnectionError("the hash equivalence server does not end the stream")
        self._mode = None

    def _enter_stream(self, mode):
        if self._mode == mode:
            return
        self._leave_stream()
        if self._ask({mode: None}) != "ok":
            raise ConnectionError("the hash equivalence server refuses the stream " + mode)
        self._mode = mode

    def _again(self, action):
        """Once more over a new connection when the old one is gone."""
        try:
            if self._socket is None:
                self._connect()
            return action()
        except (ConnectionError, EOFError):
            self._connect()
            return action()

    def invoke(self, message):
        """The answer to one command."""
        def ask():
            self._leave_stream()
            return self._ask(message)
        return self._again(ask)

    def _stream(self, mode, questions):
        questions = list(questions)

        def ask():
            self._enter_stream(mode)
            answers = []
            for first in range(0, len(questions), _IN_FLIGHT):
                part = questions[first:first + _IN_FLIGHT]
                self._socket.sendall("".join(one + "\n" for one in part).encode())
                answers += [self._line() for _ in part]
            return answers
        return self._again(ask)

    # ---- commands
    def get_unihash_batch(self, queries):
        """For (method, taskhash)…, the unihash or None each."""
        return [answer or None for answer in self._stream("get-stream", ("%s %s" % query for query in queries))]

    def get_unihash(self, method, taskhash):
        return self.get_unihash_batch([(method, taskhash)])[0]

    def unihash_exists_batch(self, unihashes):
        return [answer == "true" for answer in self._stream("exists-stream", unihashes)]

    def unihash_exists(self, unihash):
        return self.unihash_exists_batch([unihash])[0]

    def report_unihash(self, taskhash, method, outhash, unihash, extra=None):
        """{taskhash, method, unihash}: what stands for the task from now on."""
        return self.invoke({"report": {**(extra or {}), "taskhash": taskhash, "method": method, "outhash": outhash, "unihash": unihash}})

    def report_unihash_equiv(self, taskhash, method, unihash, extra=None):
        return self.invoke({"report-equiv": {**(extra or {}), "taskhash": taskhash, "method": method, "unihash": unihash}})

    def get_taskhash(self, method, taskhash, all_properties=False):
        return self.invoke({"get": {"taskhash": taskhash, "method": method, "all": all_properties}})

    def get_outhash(self, method, outhash, taskhash, with_unihash=True):
        return self.invoke({"get-outhash": {"outhash": outhash, "taskhash": taskhash, "method": method, "with_unihash": with_unihash}})

    def get_stats(self):
        return self.invoke({"get-stats": None})

    def ping(self):
        return self.invoke({"ping": {}})
