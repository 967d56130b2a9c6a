# SPDX-License-Identifier: Apache-2.0
from retrotools import gba
from tests.support import ToolTest

ROM = bytes.fromhex("2e0000ea") + bytes(0xBC) + bytes(range(64))


class Gbafix(ToolTest):
    def test_the_header_is_right_and_says_what_was_asked(self):
        rom = self.write("a.gba", ROM)
        self.runs(gba, rom, "-tORBIT", "-cHZOE", "-m", "HZ", "-r", "2")
        out = self.read("a.gba")
        self.assertEqual(out[0xA0:0xB2], b"ORBIT\0\0\0\0\0\0\0HZOEHZ")
        self.assertEqual((out[0xB2], out[0xBC]), (0x96, 2))
        self.assertEqual((sum(out[0xA0:0xBE]) + 0x19) & 0xFF, 0)
        self.assertEqual(out[0xC0:], ROM[0xC0:])
        self.runs(gba, rom, "--check")

    def test_the_logo_is_zero_unless_the_user_gives_one(self):
        rom = self.write("a.gba", ROM[:4] + b"\x24" * 156 + ROM[0xA0:])
        self.runs(gba, rom)
        self.assertEqual(self.read("a.gba")[4:0xA0], bytes(156))
        logo = self.write("logo", bytes(range(156)))
        self.runs(gba, rom, "--logo", logo)
        self.assertEqual(self.read("a.gba")[4:0xA0], bytes(range(156)))
        self.fails("has 155 bytes, not 156", gba, rom, "--logo", self.write("short", bytes(155)))

    def test_the_same_rom_twice_is_the_same_file(self):
        rom = self.write("a.gba", ROM)
        self.runs(gba, rom, "-tA", "-p")
        first = self.read("a.gba")
        self.assertEqual(len(first), 256)
        self.runs(gba, rom, "-tA", "-p")
        self.assertEqual(self.read("a.gba"), first)

    def test_what_is_no_rom_is_refused(self):
        self.fails("no Game Boy Advance ROM", gba, self.write("a", b"\x2e"))
        self.fails("is no branch", gba, self.write("a", bytes(0xC0)))
        self.fails("longer than 12", gba, self.write("a", ROM), "-t", "THIRTEEN CHARS")
        self.fails("printable ASCII", gba, self.write("a", ROM), "-t", "\u00e9")
        self.fails("checksum is 00", gba, self.write("a", ROM[:0xB2] + b"\x96" + ROM[0xB3:]), "--check")
        self.fails("No such file", gba, self.path("missing"))
