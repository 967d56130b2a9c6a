# SPDX-License-Identifier: Apache-2.0
"""A file object whose bytes pass through a compressor."""

import builtins
import io
import subprocess


class PipeError(subprocess.CalledProcessError, OSError):
    """The program failed."""

    def __str__(self):
        return "Process died with %d" % self.returncode


class PipeFile(io.RawIOBase):
    """Reads from, or writes to, a file through a program; close() raises when the program failed."""

    def __init__(self, command, file, mode, stderr=None):
        self._writing = any(c in mode for c in "wax")
        raw = mode.replace("t", "").replace("b", "") + "b"
        self._file = file if hasattr(file, "fileno") else builtins.open(file, raw)
        ends = {"stdin": subprocess.PIPE, "stdout": self._file} if self._writing else {"stdin": self._file, "stdout": subprocess.PIPE}
        self._program = subprocess.Popen(command, stderr=stderr, **ends)
        self._pipe = self._program.stdin if self._writing else self._program.stdout

    def readable(self):
        return not self._writing

    def writable(self):
        return self._writing

    def readinto(self, buffer):
        data = self._pipe.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def write(self, data):
        return self._pipe.write(data)

    def close(self):
        if self.closed:
            return
        rest = None if self._writing else self._pipe.read(1)
        self._pipe.close()
        status = self._program.wait()
        self._file.close()
        super().close()
        if status != 0 and not rest:
            raise PipeError(status, self._program.args)


def open_pipe(compress, decompress, path, mode="rb", encoding=None, errors=None, newline=None, stderr=None):
    """open() of a compressed file, or of one that is open already; text when the mode says t."""
    writing = any(c in mode for c in "wax")
    raw = PipeFile(compress if writing else decompress, path, mode, stderr)
    binary = io.BufferedWriter(raw) if writing else io.BufferedReader(raw)
    if "t" in mode:
        return io.TextIOWrapper(binary, encoding, errors, newline)
    return binary
