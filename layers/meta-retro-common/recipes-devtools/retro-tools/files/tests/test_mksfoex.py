# SPDX-License-Identifier: Apache-2.0
import struct

from retrotools import sfo
from tests.support import ToolTest


class Mksfoex(ToolTest):
    def test_the_menu_finds_what_it_asks_for(self):
        self.runs(sfo, "-d", "MEMSIZE=1", "-s", "DISC_ID=HITZ00001", "Orbit \u00e9", self.path("PARAM.SFO"))
        listed = self.runs(sfo, "--list", self.path("PARAM.SFO")).splitlines()
        self.assertEqual(listed, ["BOOTABLE=1", "CATEGORY=MG", "DISC_ID=HITZ00001", "DISC_VERSION=1.00", "MEMSIZE=1", "PARENTAL_LEVEL=1",
                                  "PSP_SYSTEM_VER=1.00", "REGION=32768", "TITLE=Orbit \u00e9"])

    def test_the_tables_are_where_the_header_says(self):
        raw = sfo.pack({"B": "xy", "A": 7})
        self.assertEqual(raw, b"\0PSF" + struct.pack("<4I", 0x101, 52, 56, 2) + struct.pack("<HHIII", 0, 0x404, 4, 4, 0)
                         + struct.pack("<HHIII", 2, 0x204, 3, 4, 4) + b"A\0B\0" + b"\7\0\0\0xy\0\0")

    def test_what_is_wrong_is_refused(self):
        out = self.path("PARAM.SFO")
        self.fails("TITLE is longer than 127 bytes", sfo, "x" * 128, out)
        self.fails("-d REGION=many: is not a number", sfo, "-d", "REGION=many", "x", out)
        self.fails("does not fit into 32 bits", sfo, "-d", "REGION=0x100000000", "x", out)
        self.fails("is no PARAM.SFO", sfo, "--list", self.write("x", b"hello"))
        self.fails("entry 0 is broken", sfo, "--list", self.write("x", sfo.pack({"A": 1})[:30]))
