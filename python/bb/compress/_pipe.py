# SPDX-License-Identifier: Apache-2.0
"""A file object whose bytes pass through a compressor."""

import builtins
import io
import subprocess


class PipeFile(io.RawIOBase):
    """Reads from, or writes to, a file through a program; close() raises when the program failed."""

    def __init__(self, command, path, mode):
        self._writing = "w" in mode or "a" in mode or "x" in mode
        raw = mode.replace("t", "").replace("b", "") + "b"
        with builtins.open(path, raw) as file:
            if self._writing:
                self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file)
            else:
                self._program = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE)
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
        super().close()
        if status != 0 and not rest:
            raise subprocess.CalledProcessError(status, self._program.args)


def open_pipe(compress, decompress, path, mode="rb", encoding=None, errors=None, newline=None):
    """open() of a compressed file; text unless the mode says b."""
    writing = any(c in mode for c in "wax")
    raw = PipeFile(compress if writing else decompress, path, mode)
    binary = io.BufferedWriter(raw) if writing else io.BufferedReader(raw)
    if "t" in mode:
        return io.TextIOWrapper(binary, encoding, errors, newline)
    return binary
