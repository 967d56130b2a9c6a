# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import unittest

from retrotools import cdi, ipbin, iso9660, isocheck, scramble
from tests.support import ToolTest

PROGRAM = bytes(range(256)) * 40 + b"end"


class Mkcdi(ToolTest):
    def setUp(self):
        super().setUp()
        self.write("IP.BIN", ipbin.build({"Game Title": "ORBIT"}))
        self.write("1ST_READ.BIN", PROGRAM)

    def make(self, *options):
        self.runs(cdi, "--ip", self.path("IP.BIN"), "--boot", self.path("1ST_READ.BIN"), self.path("game.cdi"), *options)
        return self.read("game.cdi")

    def test_two_sessions_and_the_scrambled_program_in_the_second(self):
        image = self.make()
        (audio,), (data,) = cdi.parse(image, "game.cdi")
        self.assertEqual((audio.mode, audio.lba, audio.length, audio.unit), (0, 0, 302, 2352))
        self.assertEqual((data.mode, data.lba, data.pregap, data.unit), (2, 11702, 150, 2336))
        iso = cdi.data_track(image, "game.cdi")
        self.assertEqual(iso[:32768], self.read("IP.BIN"))
        read = isocheck.sectors_of(iso, 11702, "game.cdi")
        entry = isocheck.find(iso9660.check_plain(read, 11702, "game.cdi"), "1ST_READ.BIN")
        self.assertEqual(scramble.descramble(isocheck.contents(entry, read)), PROGRAM)
        self.runs(cdi, "--check", "--boot", self.path("1ST_READ.BIN"), self.path("game.cdi"))

    def test_a_program_that_is_not_scrambled_is_found(self):
        self.make("--as-is")
        self.fails("the boot file is not scrambled", cdi, "--check", "--boot", self.path("1ST_READ.BIN"), self.path("game.cdi"))
        self.make()
        self.fails("the boot file is another program", cdi, "--check", "--boot", self.write("other", b"other"), self.path("game.cdi"))

    def test_what_is_no_cdi_is_refused(self):
        image = self.make()
        boot = self.path("1ST_READ.BIN")
        self.fails("does not end as a CDI", cdi, "--check", "--boot", boot, self.write("x", image[:-1]))
        self.fails("a track does not begin with its mark", cdi, "--check", "--boot", boot, self.write("x", image.replace(cdi.MARK * 2, bytes(20))))
        self.fails("would be", cdi, "--check", "--boot", boot, self.write("x", image[:-4] + b"\xff\xff\xff\x7f"))
        self.fails("a track's lengths are wrong", cdi, "--check", "--boot", boot, self.write("x", image[2352 * 600:]))

    @unittest.skipUnless(shutil.which("iat") and shutil.which("isoinfo"), "iat or isoinfo is not here")
    def test_iat_takes_the_same_file_system_out_of_it(self):
        image = self.make()
        subprocess.run(["iat", "-i", "game.cdi", "--iso", "-o", "out"], cwd=self.folder, check=True, capture_output=True)
        out, = [name for name in os.listdir(self.folder) if name.startswith("out")]
        iso = cdi.data_track(image, "game.cdi")
        self.assertIn(iso[16 * 2048:], self.read(out))
