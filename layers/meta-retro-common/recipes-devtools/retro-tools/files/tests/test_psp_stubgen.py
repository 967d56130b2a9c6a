# SPDX-License-Identifier: Apache-2.0
import shutil
import subprocess
import unittest

from retrotools import nid
from tests.support import ToolTest

LIST = """# what the program calls
sceDisplay
    sceDisplaySetMode
    sceDisplayGetFrameBuf 0xeeda2e54
sceCtrl

    sceCtrlPeekBufferPositive  # the pad
"""


class PspStubgen(ToolTest):
    def test_a_number_is_the_hash_of_the_name(self):
        # As the PSP's own module headers have them.
        for name, number in (("module_start", 0xD632ACDB), ("module_info", 0xF01D73A7), ("sceDisplaySetMode", 0x0E20F177)):
            self.assertEqual(self.runs(nid, "--nid", name), "0x%08x\n" % number)

    def test_stubs_and_numbers_are_in_one_order(self):
        self.runs(nid, self.write("list", LIST), "-o", self.path("stubs.S"))
        text = self.read("stubs.S").decode()
        self.assertLess(text.index("0x0e20f177"), text.index("0xeeda2e54"))
        self.assertLess(text.index("sceDisplaySetMode:"), text.index("sceDisplayGetFrameBuf:"))
        self.assertEqual(text.count(".section .lib.stub"), 2)
        self.assertEqual([line.strip() for line in text.splitlines() if ".half" in line], [".half 2", ".half 1"])

    @unittest.skipUnless(shutil.which("mipsel-linux-gnu-as"), "the MIPS assembler is not here")
    def test_the_assembler_takes_it(self):
        self.runs(nid, self.write("list", LIST), "-o", self.path("stubs.s"))
        subprocess.run(["mipsel-linux-gnu-as", "-march=mips2", "-mabi=eabi", "-mgp32", "-o", self.path("stubs.o"), self.path("stubs.s")], check=True)
        said = subprocess.run(["mipsel-linux-gnu-nm", self.path("stubs.o")], check=True, capture_output=True, text=True).stdout
        self.assertIn("00000008 T sceDisplayGetFrameBuf", said)

    def test_what_is_wrong_in_the_list_is_told_with_its_line(self):
        for said, text in (("list:1: foo stands before any library", "  foo"), ("list:2: 'a-b' is no name", "lib\n  a-b"),
                           ("list:3: f is there a second time, after line 2", "lib\n f\n f"), ("list:2: after f only its NID", "lib\n f 12"),
                           ("list: library lib has no functions", "lib\n"), ("list:1: a library's line has its name alone", "lib f")):
            self.fails(said, nid, self.write("list", text), "-o", self.path("x"))
