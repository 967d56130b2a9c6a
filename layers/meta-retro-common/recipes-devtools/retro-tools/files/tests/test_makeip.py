# SPDX-License-Identifier: Apache-2.0
from retrotools import ipbin
from tests.support import ToolTest

TEXT = """Hardware ID   : SEGA SEGAKATANA
Maker ID      : SEGA ENTERPRISES
Device Info   : GD-ROM1/1
Area Symbols  : JUE
Peripherals   : E000F10
Product No    : T0000
Version       : V1.000
Release Date  : 20000627
Boot Filename : 1ST_READ.BIN
SW Maker Name : HITZ
Game Title    : ORBIT
"""


class Makeip(ToolTest):
    def test_the_fields_are_where_the_console_reads_them(self):
        self.runs(ipbin, self.write("ip.txt", TEXT), self.path("IP.BIN"))
        out = self.read("IP.BIN")
        self.assertEqual(len(out), 32768)
        self.assertEqual(out[:0x20], b"SEGA SEGAKATANA SEGA ENTERPRISES")
        self.assertEqual(out[0x25:0x40], b"GD-ROM1/1  JUE     E000F10 ")
        self.assertEqual(out[0x40:0x90], b"T0000     V1.00020000627        1ST_READ.BIN    HITZ            ORBIT           ")
        self.runs(ipbin, "--check", self.path("IP.BIN"))

    def test_the_crc_is_ccitt_false(self):
        self.assertEqual(ipbin.crc(b"123456789"), 0x29B1)
        self.runs(ipbin, "-g", "X", self.path("IP.BIN"))
        out = self.read("IP.BIN")
        self.assertEqual(out[0x20:0x25], b"%04X " % ipbin.crc(b"T0000     V1.000"))

    def test_nothing_is_in_it_but_fields_and_two_jumps_of_our_own(self):
        out = bytearray(ipbin.build({}))
        self.assertEqual(out[0x300:0x30C], bytes.fromhex("01d02b400900090000b8008c"))
        self.assertEqual(out[0x3800:0x380C], bytes.fromhex("01d02b40090009000000018c"))
        out[0:0x100] = bytes(0x100)
        out[0x300:0x30C] = out[0x3800:0x380C] = bytes(12)
        self.assertEqual(out, bytes(32768))

    def test_a_template_is_the_users_and_keeps_its_code(self):
        template = self.write("template", bytes(range(256)) * 128)
        self.runs(ipbin, "--template", template, "-g", "ORBIT", self.path("IP.BIN"))
        self.assertEqual(self.read("IP.BIN")[0x100:], (bytes(range(256)) * 128)[0x100:])
        self.assertEqual(self.read("IP.BIN")[0x80:0x86], b"ORBIT ")
        self.fails("has 5 bytes, not 32768", ipbin, "--template", self.write("short", b"12345"), self.path("IP.BIN"))

    def test_what_is_wrong_is_told_with_its_place(self):
        self.fails("ip.txt:11: 'Game Titel' is no field; did you mean Game Title?", ipbin,
                   self.write("ip.txt", TEXT.replace("Title ", "Titel ")), self.path("IP.BIN"))
        self.fails("ip.txt:9: Boot Filename is longer than 16", ipbin,
                   self.write("ip.txt", TEXT.replace("1ST_READ.BIN", "A_VERY_LONG_NAME.BIN")), self.path("IP.BIN"))
        good = ipbin.build({})
        self.fails("the CRC is", ipbin, "--check", self.write("x", good[:0x40] + b"Z" + good[0x41:]))
        self.fails("has 32768 bytes, not 4", ipbin, "--check", self.write("x", b"1234"))
        self.fails("not with SEGA SEGAKATANA", ipbin, "--check", self.write("x", bytes(32768)))
