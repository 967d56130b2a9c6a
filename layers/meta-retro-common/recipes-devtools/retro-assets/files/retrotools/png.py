# SPDX-License-Identifier: Apache-2.0
"""Indexed PNG pictures: what asset converters read. Format: ISO/IEC 15948 (PNG), colour type 3, not interlaced."""

import struct
import zlib
from typing import List, Tuple

from retrotools import tool
from retrotools.tool import ToolError

Colour = Tuple[int, int, int]


class Picture:
    """Rows of indices into a palette."""

    def __init__(self, name: str, rows: List[bytes], palette: List[Colour]):
        self.name, self.rows, self.palette = name, rows, palette
        self.width, self.height = len(rows[0]), len(rows)


def chunks(data: bytes, name: str):
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ToolError("%s: no PNG file" % name)
    at = 8
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8:at + 8 + size]
        if len(content) != size or len(data) < at + 12 + size:
            break
        if zlib.crc32(kind + content) != struct.unpack_from(">I", data, at + 8 + size)[0]:
            raise ToolError("%s: chunk %s is damaged" % (name, kind.decode("latin-1")))
        yield kind, content
        if kind == b"IEND":
            return
        at += 12 + size
    raise ToolError("%s: the file ends within a chunk" % name)


def paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))


def unfilter(kind: int, line: bytearray, above: bytes, name: str) -> None:
    """Undoes a row's filter in place; an indexed picture's pixels are no wider than a byte."""
    if kind > 4:
        raise ToolError("%s: a row has the filter %d, which there is not" % (name, kind))
    for i in range(len(line)):
        left, corner = (line[i - 1], above[i - 1]) if i else (0, 0)
        guess = (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[kind]
        line[i] = (line[i] + guess) & 0xFF


def read(path: str) -> Picture:
    """A picture with a palette; ToolError for any other."""
    header, palette, packed = None, [], b""
    for kind, content in chunks(tool.read_file(path), path):
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", content)
        elif kind == b"PLTE":
            palette = [tuple(content[i:i + 3]) for i in range(0, len(content), 3)]
        elif kind == b"IDAT":
            packed += content
    if header is None:
        raise ToolError("%s: there is no IHDR chunk" % path)
    width, height, depth, colours, _, _, interlace = header
    if colours != 3 or interlace:
        raise ToolError("%s: colour type %d%s; an indexed picture (type 3) that is not interlaced is needed" % (path, colours, ", interlaced" if interlace else ""))
    stride = (width * depth + 7) // 8
    try:
        raw = zlib.decompress(packed)
    except zlib.error as exc:
        raise ToolError("%s: %s" % (path, exc)) from exc
    if len(raw) != (stride + 1) * height or not height or not width:
        raise ToolError("%s: %d bytes of picture, not %d" % (path, len(raw), (stride + 1) * height))
    rows, above, mask = [], bytes(stride), (1 << depth) - 1
    for y in range(height):
        start = y * (stride + 1)
        line = bytearray(raw[start + 1:start + 1 + stride])
        unfilter(raw[start], line, above, path)
        rows.append(bytes(line[x * depth // 8] >> (8 - depth - x * depth % 8) & mask for x in range(width)))
        above = bytes(line)
    if max(max(row) for row in rows) >= len(palette):
        raise ToolError("%s: a pixel has a colour that the palette of %d does not have" % (path, len(palette)))
    return Picture(path, rows, palette)
