# SPDX-License-Identifier: Apache-2.0
from retrotools import nes
from tests.support import ToolTest

PRG = bytes(16384 - 6) + bytes.fromhex("00c000800090")
CHR = b"\x55" * 8192


class Inesfix(ToolTest):
    def test_a_bare_rom_gets_a_header(self):
        rom = self.write("a.nes", PRG + CHR)
        self.runs(nes, rom, "--prg", "0x4000", "--mapper", "0x12", "--mirroring", "vertical", "--battery")
        self.assertEqual(self.read("a.nes"), bytes.fromhex("4e45531a01012310") + bytes(8) + PRG + CHR)
        self.runs(nes, rom, "--check")

    def test_a_header_is_rewritten_and_the_rom_stays(self):
        rom = self.write("a.nes", nes.header(16384, 8192, 7, "four", True) + PRG + CHR)
        self.runs(nes, rom)
        self.assertEqual(self.read("a.nes"), nes.header(16384, 8192, 0, "horizontal", False) + PRG + CHR)

    def test_what_is_no_rom_is_refused(self):
        self.fails("must be said", nes, self.write("a", PRG + CHR))
        self.fails("not 1 to 255 times 16 KiB", nes, self.path("a"), "--prg", "1000")
        self.fails("more than the file's", nes, self.path("a"), "--prg", "0x10000")
        self.fails("CHR of 8191 bytes", nes, self.write("a", PRG + CHR[1:]), "--prg", "0x4000")
        self.fails("reset vector 0000", nes, self.write("a", bytes(16384)), "--prg", "0x4000")
        self.fails("no iNES header", nes, self.path("a"), "--check")
        self.fails("the file has 16384 bytes after it", nes, self.write("a", nes.header(32768, 0, 0, "four", False) + PRG), "--check")
        self.fails("has a trainer", nes, self.write("a", b"NES\x1a\x01\0\4" + bytes(9 + 512) + PRG))
