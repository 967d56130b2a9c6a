# SPDX-License-Identifier: Apache-2.0
"""png2tiles: an indexed PNG as a console's tiles and palette, or as a PlayStation TIM.

Tiles are 8 by 8, taken row by row. Forms of a tile:
    2bpp-gb   per row a byte of the low bits, then a byte of the high bits; the leftmost pixel is the highest bit
    2bpp-nes  eight bytes of the low bits, then eight of the high bits
    4bpp      per row four bytes, two pixels each, the left one in the low half (GBA, PlayStation)
Forms of a palette, 2 bytes a colour, little-endian, but for nes:
    bgr555    red in the low five bits (GB Color, GBA, PlayStation)
    bgr5551   the same with the top bit set (PSP)
    rgb565    blue in the low five bits (Dreamcast)
    nes       one byte a colour: the number of the PPU's nearest
TIM: u32 10, u32 flags (8 has a palette, 0 four bits a pixel); palette block u32 size, u16 x, y, colours, rows, then colours;
picture block u32 size, u16 x, y, width in 16-bit units, height, then pixels."""

import math
import struct
import sys
from typing import List

from retrotools import png, tool
from retrotools.png import Colour, Picture
from retrotools.tool import ToolError

COLOURS = {"2bpp-gb": 4, "2bpp-nes": 4, "4bpp": 16, "tim": 16}


def planes(row: bytes):
    low = sum((pixel & 1) << (7 - x) for x, pixel in enumerate(row))
    high = sum((pixel >> 1 & 1) << (7 - x) for x, pixel in enumerate(row))
    return low, high


def nibbles(row: bytes) -> bytes:
    return bytes(row[x] | row[x + 1] << 4 for x in range(0, len(row), 2))


def encode_tile(rows: List[bytes], form: str) -> bytes:
    if form == "4bpp":
        return b"".join(nibbles(row) for row in rows)
    pairs = [planes(row) for row in rows]
    if form == "2bpp-gb":
        return bytes(byte for pair in pairs for byte in pair)
    return bytes(low for low, _ in pairs) + bytes(high for _, high in pairs)


def tiles_of(picture: Picture, form: str) -> List[bytes]:
    check(picture, form, 8, 8)
    out = []
    for y in range(0, picture.height, 8):
        for x in range(0, picture.width, 8):
            out.append(encode_tile([picture.rows[y + i][x:x + 8] for i in range(8)], form))
    return out


def check(picture: Picture, form: str, across: int, down: int) -> None:
    if picture.width % across or picture.height % down:
        raise ToolError("%s: %d by %d pixels; %s needs multiples of %d and %d" % (picture.name, picture.width, picture.height, form, across, down))
    for y, row in enumerate(picture.rows):
        for x, pixel in enumerate(row):
            if pixel >= COLOURS[form]:
                raise ToolError("%s: the pixel at %d,%d has colour %d, and %s has %d colours" % (picture.name, x, y, pixel, form, COLOURS[form]))


def nes_colours() -> List[Colour]:
    """What the PPU's 64 colours look like: its square waves, decoded as a television decodes them."""
    low, high = (0.350, 0.518, 0.962, 1.550), (1.094, 1.506, 1.962, 1.962)
    black, white = 0.518, 1.962
    out = []
    for number in range(64):
        hue, level = number & 15, (number >> 4) if number & 15 < 14 else 1
        bottom, top = (high[level] if hue == 0 else low[level]), (low[level] if hue > 12 else high[level])
        y = i = q = 0.0
        for phase in range(12):
            spot = ((top if (hue + phase + 8) % 12 < 6 else bottom) - black) / (white - black) / 12
            y, i, q = y + spot, i + spot * math.cos(math.pi * phase / 6), q + spot * math.sin(math.pi * phase / 6)
        channels = (y + 0.946882 * i + 0.623557 * q, y - 0.274788 * i - 0.635691 * q, y - 1.108545 * i + 1.709007 * q)
        out.append(tuple(min(255, int(255 * max(channel, 0.0) ** (2.2 / 1.8))) for channel in channels))
    return out


def nearest_nes(colour: Colour, known: List[Colour]) -> int:
    """0d is blacker than black and 0e, 0f repeat it: 0f alone stands for black."""
    usable = [number for number in range(64) if number & 15 < 13] + [0x0F]
    return min(usable, key=lambda number: (sum((a - b) ** 2 for a, b in zip(colour, known[number])), number))


def encode_palette(palette: List[Colour], form: str) -> bytes:
    if form == "nes":
        known = nes_colours()
        return bytes(nearest_nes(colour, known) for colour in palette)
    out = b""
    for red, green, blue in palette:
        if form == "rgb565":
            value = red >> 3 << 11 | green >> 2 << 5 | blue >> 3
        else:
            value = red >> 3 | green >> 3 << 5 | blue >> 3 << 10 | (0x8000 if form == "bgr5551" else 0)
        out += struct.pack("<H", value)
    return out


def tim(picture: Picture, x: int, y: int, palette_x: int, palette_y: int) -> bytes:
    check(picture, "tim", 4, 1)
    palette = encode_palette((picture.palette + [(0, 0, 0)] * 16)[:16], "bgr555")
    pixels = b"".join(nibbles(row) for row in picture.rows)
    return (struct.pack("<II", 0x10, 8) + struct.pack("<IHHHH", 12 + len(palette), palette_x, palette_y, 16, 1) + palette
            + struct.pack("<IHHHH", 12 + len(pixels), x, y, picture.width // 4, picture.height) + pixels)


def c_array(name: str, data: bytes) -> str:
    lines = [", ".join("0x%02x" % byte for byte in data[at:at + 16]) for at in range(0, len(data), 16)]
    return "const uint8_t %s[%d] = {\n    %s};\n" % (name, len(data), ",\n    ".join(lines))


def c_files(stem: str, arrays, constants):
    """(header, source): arrays of bytes, which every one of the compilers takes."""
    guard = stem.upper() + "_H"
    header = "#ifndef %s\n#define %s\n#include <stdint.h>\n" % (guard, guard)
    header += "".join("#define %s %d\n" % pair for pair in constants)
    header += "".join("extern const uint8_t %s[%d];\n" % (name, len(data)) for name, data in arrays) + "#endif\n"
    return header, '#include "%s.h"\n\n' % stem + "\n".join(c_array(name, data) for name, data in arrays)


def main(argv) -> None:
    cli = tool.parser("Converts an indexed PNG to a console's tiles and palette, as C, or to a TIM.")
    cli.add_argument("picture")
    cli.add_argument("-f", "--form", choices=sorted(COLOURS), required=True)
    cli.add_argument("-p", "--palette", choices=("bgr555", "bgr5551", "rgb565", "nes"), default="bgr555")
    cli.add_argument("-n", "--name", help="name of the C array (tiles)", default="tiles")
    cli.add_argument("-c", "--count", type=tool.number, help="takes the first tiles only")
    cli.add_argument("--at", nargs=4, type=tool.number, default=(640, 0, 640, 480), metavar=("X", "Y", "PX", "PY"), help="where a TIM goes in video memory")
    cli.add_argument("-o", "--output", required=True, help="NAME.tim, or NAME for NAME.h and NAME.c")
    args = cli.parse_args(argv)
    picture = png.read(args.picture)
    if args.form == "tim":
        tool.write_file(args.output, tim(picture, *args.at))
        return
    tiles = tiles_of(picture, args.form)[:args.count]
    arrays = [(args.name, b"".join(tiles)), (args.name + "_palette", encode_palette(picture.palette[:COLOURS[args.form]], args.palette))]
    header, source = c_files(args.output.rsplit("/", 1)[-1], arrays, [(args.name.upper() + "_COUNT", len(tiles))])
    tool.write_file(args.output + ".h", header.encode())
    tool.write_file(args.output + ".c", source.encode())


if __name__ == "__main__":
    sys.exit(tool.run(main))
