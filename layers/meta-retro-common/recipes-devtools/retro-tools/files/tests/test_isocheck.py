# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import unittest

from retrotools import iso9660, isocheck
from tests.support import ToolTest


class Isocheck(ToolTest):
    @unittest.skipUnless(shutil.which("xorriso"), "xorriso is not here")
    def test_rock_ridge_and_joliet_are_found(self):
        os.makedirs(self.path("tree"))
        self.write("tree/MAIN.EXE", b"program")
        for options, said in (([], "/ has Rock Ridge records"), (["--norock", "-J"], "has a Joliet descriptor"), (["--norock"], None)):
            subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-o", self.path("a.iso")] + options + [self.path("tree")], check=True, capture_output=True)
            if said:
                self.fails(said, isocheck, self.path("a.iso"))
            else:
                self.assertIn("/MAIN.EXE;1", self.runs(isocheck, self.path("a.iso")))

    def image(self, *names):
        root = iso9660.Directory("", [iso9660.File(name, 1, 3, b"abc") for name in names])
        end = iso9660.lay_out(root, 0, False)
        volume = iso9660.Volume("PLAYSTATION")
        return bytes(16 * 2048) + iso9660.structure(volume, root, 0, end) + iso9660.tree_data(root, volume)

    def test_what_a_playstation_asks_for_is_checked(self):
        self.fails("there is no SYSTEM.CNF on the disc", isocheck, self.write("a.iso", self.image("MAIN.EXE")), "--psx")
        self.fails("SYSTEM.CNF has no line BOOT", isocheck, self.write("a.iso", self.image("SYSTEM.CNF")), "--psx")
        self.fails("not PLAYSTATION", isocheck, self.write("a.iso", self.image("A").replace(b"PLAYSTATION", b"MEGASTATION")), "--psx")
        self.runs(isocheck, self.path("a.iso"))

    def test_what_is_no_disc_is_refused(self):
        self.fails("there is no ISO 9660 file system", isocheck, self.write("a.iso", bytes(40000)))
        whole = self.image("A", "B")
        self.fails("is not in the image", isocheck, self.write("a.iso", whole[:20 * 2048]))
