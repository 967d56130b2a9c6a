# SPDX-License-Identifier: Apache-2.0
import struct
import zlib

from retrotools import png, tiles
from tests.support import ToolTest


def picture(rows, palette, depth=8, filters=None):
    """A PNG of rows of indices; `filters` is applied as the format says: to bytes, row by row."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    raw, above = b"", None
    for y, row in enumerate(rows):
        row = list(row) + [0] * (-len(row) % (8 // depth))
        line = bytes(sum(row[x + i] << (8 - depth - i * depth) for i in range(8 // depth)) for x in range(0, len(row), 8 // depth))
        above = above or bytes(len(line))
        kind, out = (filters or [0] * len(rows))[y], bytearray()
        for i, byte in enumerate(line):
            left, corner = (line[i - 1], above[i - 1]) if i else (0, 0)
            out.append((byte - (0, left, above[i], (left + above[i]) // 2, png.paeth(left, above[i], corner))[kind]) & 0xFF)
        raw, above = raw + bytes([kind]) + out, line
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), depth, 3, 0, 0, 0))
            + chunk(b"PLTE", b"".join(bytes(c) for c in palette)) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


GREY = [(0, 0, 0), (80, 80, 80), (160, 160, 160), (255, 255, 255)]
TILE = [[0, 1, 2, 3, 3, 2, 1, 0]] + [[0] * 8] * 6 + [[3] + [0] * 7]


class Png2tiles(ToolTest):
    def arrays(self, *argv):
        """The bytes of each array in the C file."""
        self.runs(tiles, *argv, "-o", self.path("out"))
        text = self.read("out.c").decode()
        return [bytes(int(word, 16) for word in part.split("};")[0].replace(",", " ").split()) for part in text.split("] = {")[1:]]

    def test_the_game_boy_has_the_two_bits_of_a_row_side_by_side(self):
        shapes, palette = self.arrays(self.write("a.png", picture(TILE, GREY)), "-f", "2bpp-gb")
        self.assertEqual(shapes, bytes([0x5A, 0x3C]) + bytes(12) + bytes([0x80, 0x80]))
        self.assertEqual(palette, struct.pack("<4H", 0, 10 * 0x421, 20 * 0x421, 0x7FFF))

    def test_the_nes_has_a_plane_after_the_other(self):
        shapes, palette = self.arrays(self.write("a.png", picture(TILE, GREY)), "-f", "2bpp-nes", "-p", "nes")
        self.assertEqual(shapes, bytes([0x5A]) + bytes(6) + bytes([0x80, 0x3C]) + bytes(6) + bytes([0x80]))
        self.assertEqual((palette[0], palette[3]), (0x0F, 0x20))

    def test_four_bits_have_the_left_pixel_low(self):
        shapes, _ = self.arrays(self.write("a.png", picture(TILE, GREY)), "-f", "4bpp")
        self.assertEqual(shapes[:4], bytes([0x10, 0x32, 0x23, 0x01]))
        self.assertEqual(len(shapes), 32)

    def test_tiles_are_taken_row_by_row_and_as_many_as_wanted(self):
        rows = [[1] * 8 + [2] * 8] * 8 + [[3] * 16] * 8
        shapes, _ = self.arrays(self.write("a.png", picture(rows, GREY)), "-f", "4bpp", "-c", "3")
        self.assertEqual(shapes, b"\x11" * 32 + b"\x22" * 32 + b"\x33" * 32)
        self.assertIn(b"#define TILES_COUNT 3\n", self.read("out.h"))

    def test_every_filter_and_depth_of_png_gives_the_same_picture(self):
        expected = [bytes(row) for row in TILE]
        for depth in (2, 4, 8):
            for kind in range(5):
                read = png.read(self.write("a.png", picture(TILE, GREY, depth, [kind] * 8)))
                self.assertEqual(read.rows, expected, (depth, kind))

    def test_palettes_have_each_machines_order_of_colours(self):
        colour = [(0xF8, 0x40, 0x08)]
        self.assertEqual(tiles.encode_palette(colour, "bgr555"), struct.pack("<H", 31 | 8 << 5 | 1 << 10))
        self.assertEqual(tiles.encode_palette(colour, "bgr5551"), struct.pack("<H", 0x8000 | 31 | 8 << 5 | 1 << 10))
        self.assertEqual(tiles.encode_palette(colour, "rgb565"), struct.pack("<H", 31 << 11 | 16 << 5 | 1))

    def test_a_tim_has_its_palette_and_its_picture(self):
        self.runs(tiles, self.write("a.png", picture(TILE, GREY)), "-f", "tim", "--at", "320", "16", "0", "480", "-o", self.path("a.tim"))
        data = self.read("a.tim")
        self.assertEqual(struct.unpack_from("<IIIHHHH", data), (0x10, 8, 44, 0, 480, 16, 1))
        self.assertEqual(struct.unpack_from("<IHHHH", data, 52), (12 + 32, 320, 16, 2, 8))
        self.assertEqual(data[64:68], bytes([0x10, 0x32, 0x23, 0x01]))
        self.assertEqual(len(data), 52 + 12 + 32)

    def test_what_does_not_fit_is_refused_by_place(self):
        good = picture(TILE, GREY + GREY)
        five = self.write("five.png", picture([[0, 0, 5] + [0] * 5] + TILE[1:], GREY + GREY))
        out = ("-o", self.path("out"))
        self.fails("five.png: the pixel at 2,0 has colour 5, and 2bpp-gb has 4 colours", tiles, five, "-f", "2bpp-gb", *out)
        self.fails("7 by 8 pixels", tiles, self.write("a.png", picture([row[:7] for row in TILE], GREY)), "-f", "4bpp", *out)
        self.fails("no PNG file", tiles, self.write("a.png", b"GIF89a"), "-f", "4bpp", *out)
        self.fails("chunk IDAT is damaged", tiles, self.write("a.png", good.replace(b"IDAT\x78", b"IDAT\x79")), "-f", "4bpp", *out)
        self.fails("the file ends within a chunk", tiles, self.write("a.png", good[:-5]), "-f", "4bpp", *out)
        self.fails("colour type 2", tiles, self.write("a.png", self.truecolour()), "-f", "4bpp", *out)

    @staticmethod
    def truecolour():
        header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
        return (b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
                + struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")))
