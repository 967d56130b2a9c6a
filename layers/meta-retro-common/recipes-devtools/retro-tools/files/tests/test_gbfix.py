# SPDX-License-Identifier: Apache-2.0
from retrotools import gb
from tests.support import ToolTest

ROM = bytes(0x100) + bytes.fromhex("00c35001") + b"\x11" * 48 + bytes(0x1C) + b"code"


class Gbfix(ToolTest):
    def test_the_header_is_right_and_says_what_was_asked(self):
        rom = self.write("a.gb", ROM)
        self.runs(gb, rom, "-t", "ORBIT", "--color", "also", "-k", "HZ", "-m", "0x19", "-r", "2", "-n", "3", "-s")
        out = self.read("a.gb")
        self.assertEqual(len(out), 32768)
        self.assertEqual(out[0x134:0x144], b"ORBIT".ljust(15, b"\0") + b"\x80")
        self.assertEqual(out[0x144:0x14D], b"HZ\x03\x19\x00\x02\x00\x33\x03")
        # Pan Docs' loop, written out once more: x = x - byte - 1 over 134..14C.
        self.assertEqual(out[0x14D], (-sum(out[0x134:0x14D]) - 25) & 0xFF)
        self.assertEqual(out[0x14E] * 256 + out[0x14F], sum(out[:0x14E] + out[0x150:]) & 0xFFFF)
        self.runs(gb, rom, "--check")

    def test_the_logo_is_zero_unless_the_user_gives_one(self):
        rom = self.write("a.gb", ROM)
        self.runs(gb, rom)
        self.assertEqual(self.read("a.gb")[0x104:0x134], bytes(48))
        self.runs(gb, rom, "--logo", self.write("logo", bytes(range(48))))
        self.assertEqual(self.read("a.gb")[0x104:0x134], bytes(range(48)))

    def test_a_large_rom_is_filled_up_and_says_its_size(self):
        rom = self.write("a.gb", ROM + b"x" * 0x9000)
        self.runs(gb, rom, "-p", "0")
        out = self.read("a.gb")
        self.assertEqual((len(out), out[0x148], out[-1]), (0x10000, 1, 0))

    def test_what_is_no_rom_is_refused(self):
        self.fails("no Game Boy ROM", gb, self.write("a", bytes(10)))
        self.fails("no jump to the code", gb, self.write("a", bytes(0x8000)))
        self.fails("longer than 15", gb, self.write("a", ROM), "-t", "SIXTEENCHARACTER", "--color", "only")
        self.fails("the file has 340 bytes", gb, self.write("a", ROM), "--check")
        self.runs(gb, self.path("a"))
        broken = self.read("a")
        self.fails("the ROM's checksum", gb, self.write("b", broken[:-1] + b"\x01"), "--check")
        self.fails("the header's checksum", gb, self.write("b", broken[:0x134] + b"\x01" + broken[0x135:]), "--check")
