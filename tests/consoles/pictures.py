# SPDX-License-Identifier: Apache-2.0
"""Screenshots: written as PNG, counted by colour."""

import collections
import struct
import zlib


def write_png(path, width, height, rgb, scale=2):
    """An artefact to look at; each pixel `scale` by `scale`."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = []
    for y in range(height):
        line = b"".join(rgb[at:at + 3] * scale for at in range(3 * y * width, 3 * (y + 1) * width, 3))
        rows += [b"\0" + line] * scale
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", scale * width, scale * height, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b""))


def histogram(rgb):
    """[(colour, pixels)], the most frequent first."""
    return collections.Counter(tuple(rgb[at:at + 3]) for at in range(0, len(rgb), 3)).most_common()


def pixel(width, rgb, x, y):
    at = 3 * (y * width + x)
    return tuple(rgb[at:at + 3])
