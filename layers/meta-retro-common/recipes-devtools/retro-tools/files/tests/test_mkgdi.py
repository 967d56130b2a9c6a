# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import unittest

from retrotools import dcdisc, ipbin, iso9660, isocheck
from tests.support import ToolTest

PROGRAM = bytes(range(256)) * 40


class Mkgdi(ToolTest):
    def setUp(self):
        super().setUp()
        self.write("IP.BIN", ipbin.build({"Game Title": "ORBIT 2"}))
        self.write("1ST_READ.BIN", PROGRAM)
        self.write("data/music/song.adp", b"sound" * 999)

    def make(self):
        self.runs(dcdisc, "--ip", self.path("IP.BIN"), "--boot", self.path("1ST_READ.BIN"), "--data", self.path("data"), "-o", self.path("game"))

    def test_the_console_finds_its_program_in_track_3(self):
        self.make()
        rows = dcdisc.parse_gdi(self.read("game.gdi").decode(), "game.gdi")
        self.assertEqual([row[:3] for row in rows], [(0, 4, 2048), (450, 0, 2352), (45000, 4, 2048)])
        third = self.read(rows[2][3])
        self.assertEqual(third[:32768], self.read("IP.BIN"))
        read = isocheck.sectors_of(third, 45000, "track 3")
        entries = iso9660.check_plain(read, 45000, "track 3")
        self.assertEqual(isocheck.contents(isocheck.find(entries, "1ST_READ.BIN"), read), PROGRAM)
        self.assertEqual(isocheck.contents(isocheck.find(entries, "MUSIC/SONG.ADP"), read), b"sound" * 999)
        self.assertIn("README.TXT", self.runs(isocheck, self.path(rows[0][3])))
        self.assertEqual(len(self.read(rows[1][3])) % 2352, 0)

    def test_what_is_wrong_is_refused(self):
        self.write("IP.BIN", bytes(32768))
        self.fails("IP.BIN: begins with", dcdisc, "--ip", self.path("IP.BIN"), "--boot", self.path("1ST_READ.BIN"), "-o", self.path("g"))
        self.write("IP.BIN", ipbin.build({"Boot Filename": "first-read.bin"}))
        self.fails("IP.BIN: 'first-read.bin' is no name of ISO 9660", dcdisc, "--ip", self.path("IP.BIN"), "--boot", self.path("1ST_READ.BIN"), "-o", self.path("g"))
        self.write("data/1st_read.bin", b"x")
        self.write("IP.BIN", ipbin.build({}))
        self.fails("is twice in its directory", dcdisc, "--ip", self.path("IP.BIN"), "--boot", self.path("1ST_READ.BIN"), "--data", self.path("data"), "-o", self.path("g"))

    @unittest.skipUnless(shutil.which("isoinfo"), "isoinfo is not here")
    def test_isoinfo_lists_the_third_track(self):
        self.make()
        said = subprocess.run(["isoinfo", "-f", "-N", "45000", "-i", self.path("game.track03.iso")], check=True, capture_output=True, text=True).stdout
        self.assertEqual(sorted(said.split()), ["/1ST_READ.BIN;1", "/MUSIC", "/MUSIC/SONG.ADP;1"])

    @unittest.skipUnless(shutil.which("chdman"), "chdman is not here")
    def test_chdman_reads_the_gdi(self):
        self.make()
        subprocess.run(["chdman", "createcd", "-i", "game.gdi", "-o", "game.chd"], cwd=self.folder, check=True, capture_output=True)
        said = subprocess.run(["chdman", "info", "-i", "game.chd"], cwd=self.folder, check=True, capture_output=True, text=True).stdout
        self.assertEqual(said.count("Tag='CHGD'"), 3, said)
        subprocess.run(["chdman", "verify", "-i", "game.chd"], cwd=self.folder, check=True, capture_output=True)
        self.assertTrue(os.path.getsize(self.path("game.chd")))
