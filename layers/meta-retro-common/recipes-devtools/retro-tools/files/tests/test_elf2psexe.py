# SPDX-License-Identifier: Apache-2.0
import shutil
import struct
import subprocess
import unittest

from retrotools import psexe
from tests.elf_file import elf_file
from tests.support import ToolTest

TEXT = (".text", 1, 6, 0x80010000, b"\x08\x00\xe0\x03" * 5)
BSS = (".bss", 8, 3, 0x80010014, 0x1000)


class Elf2Psexe(ToolTest):
    def convert(self, *sections, said=None, options=(), **keywords):
        elf = self.write("a.elf", elf_file(sections or (TEXT, BSS), **keywords))
        if said:
            self.fails(said, psexe, elf, self.path("a.exe"), *options)
        else:
            self.runs(psexe, elf, self.path("a.exe"), *options)
            return self.read("a.exe")

    def test_the_header_says_entry_gp_and_place(self):
        exe = self.convert(entry=0x80010004, symbols=[("_gp", 0x80018000)])
        self.assertEqual(exe[:8], b"PS-X EXE")
        self.assertEqual(struct.unpack_from("<4I", exe, 0x10), (0x80010004, 0x80018000, 0x80010000, 2048))
        self.assertEqual(struct.unpack_from("<II", exe, 0x30), (0x801FFFF0, 0))
        self.assertEqual(exe[2048:], TEXT[4].ljust(2048, b"\0"))
        self.assertEqual(exe[0x4C:0x800], bytes(0x800 - 0x4C), "the region text is nobody's to write")
        psexe.verify(exe, "a.exe")

    def test_a_program_that_does_not_fit_is_refused(self):
        self.convert(TEXT, (".bss", 8, 3, 0x80010014, 0x1E8000), said="program and bss need 1998868 bytes from 80010000")
        self.convert(TEXT, (".bss", 8, 3, 0x80010014, 0x1E8000 - 0x14))
        self.convert(TEXT, BSS, said="with 65536 for the stack", options=["--ram", "0x21000", "--stack-size", "0x10000"])

    def test_what_is_for_another_cpu_is_refused(self):
        self.convert(flags=0x70001005, said="70001005 (o32 mips32r2 noreorder cpic), not 00001001 (o32 mips1 noreorder)", options=["--flags", "0x1001"])
        self.convert(machine=40, said="is for Arm, not for MIPS")
        self.fails("is no ELF file", psexe, self.write("x", b"hello"), self.path("y"))
        self.convert(said="belong to the BIOS", entry=0x80000000, segments=[(0x80000000, b"1234", 4)])
        self.convert(said="the entry 80020000 is not in", entry=0x80020000)

    def test_a_file_that_ends_early_is_refused(self):
        whole = elf_file([TEXT])
        self.fails("the file at", psexe, self.write("cut", whole[:-50]), self.path("y"))

    @unittest.skipUnless(shutil.which("file"), "file(1) is not here")
    def test_file_knows_what_it_is(self):
        self.convert()
        said = subprocess.run(["file", "-b", self.path("a.exe")], capture_output=True, text=True, check=True).stdout
        self.assertIn("Sony Playstation executable PC=0x80010000", said)
