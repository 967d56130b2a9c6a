# SPDX-License-Identifier: Apache-2.0
"""Object files of ca65, which note when they were made: without that they are the same for the same source.

    u32 magic 616e7a55, u16 version, u16 flags, then places of parts, u32 from and u32 size each: options, files, ...
    options: var count, then u8 type and var value each; type 40 is the time
    files:   var count, then var name, u32 time, var size each
A var has seven bits in a byte, the lowest first; the highest bit says that more follow. ar65 notes the object file's own time."""

import os
import struct

MAGIC, DATE_OPTION = 0x616E7A55, 0x40


class Reader:
    def __init__(self, data, at):
        self.data, self.at = data, at

    def var(self):
        """(where it is, how many bytes it has)."""
        start, value, shift = self.at, 0, 0
        while True:
            byte = self.data[self.at]
            value |= (byte & 0x7F) << shift
            self.at, shift = self.at + 1, shift + 7
            if not byte & 0x80:
                return start, self.at - start, value


def var_bytes(value, length):
    """A var in just so many bytes."""
    return bytes(value >> 7 * i & 0x7F | (0x80 if i + 1 < length else 0) for i in range(length))


def settle_times(path, when):
    """Puts one time in the place of all; ValueError when it is no object file."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    if len(data) < 24 or struct.unpack_from("<I", data)[0] != MAGIC:
        raise ValueError("%s is no object file of ca65" % path)
    options, _, files = struct.unpack_from("<III", data, 8)
    reader = Reader(data, options)
    for _ in range(reader.var()[2]):
        kind = data[reader.at]
        reader.at += 1
        start, length, _ = reader.var()
        if kind == DATE_OPTION:
            data[start:start + length] = var_bytes(when, length)
    reader = Reader(data, files)
    for _ in range(reader.var()[2]):
        reader.var()
        struct.pack_into("<I", data, reader.at, when)
        reader.at += 4
        reader.var()
    with open(path, "wb") as file:
        file.write(data)
    os.utime(path, (when, when))
