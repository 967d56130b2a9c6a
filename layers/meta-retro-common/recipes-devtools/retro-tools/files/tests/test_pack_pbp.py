# SPDX-License-Identifier: Apache-2.0
import struct

from retrotools import pbp, prx, elf, sfo
from tests.support import ToolTest
from tests.test_prxgen import program


def png(width, height):
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"rest of it"


class PackPbp(ToolTest):
    def setUp(self):
        super().setUp()
        self.write("PARAM.SFO", sfo.pack(dict(sfo.HOMEBREW, TITLE="T")))
        self.write("DATA.PSP", prx.convert(elf.parse(program(), "a", 8)))

    def pack(self, **parts):
        argv = [self.path("EBOOT.PBP")]
        for part in pbp.PARTS:
            given = parts.get(part.split(".")[0].lower(), part if part in ("PARAM.SFO", "DATA.PSP") else "NULL")
            argv.append(given if given == "NULL" else self.path(given))
        return argv

    def test_parts_come_out_as_they_went_in(self):
        self.write("icon.png", png(144, 80))
        self.runs(pbp, *self.pack(icon0="icon.png"))
        raw = self.read("EBOOT.PBP")
        offsets = struct.unpack_from("<8I", raw, 8)
        self.assertEqual(offsets[0], 0x28)
        self.assertEqual(offsets[6] % 16, 0)
        self.assertEqual(offsets[2:6], (offsets[6],) * 4, "parts that are absent have no bytes")
        parts = pbp.unpack(raw, "EBOOT.PBP")
        self.assertEqual(sorted(parts), ["DATA.PSP", "ICON0.PNG", "PARAM.SFO"])
        self.assertEqual(parts["DATA.PSP"], self.read("DATA.PSP"))
        self.assertEqual(parts["ICON0.PNG"].rstrip(b"\0"), png(144, 80))
        self.runs(pbp, self.path("EBOOT.PBP"), "--check")
        self.runs(pbp, self.path("EBOOT.PBP"), "--extract", self.write("out/x", b"")[:-1])
        self.assertEqual(self.read("out/DATA.PSP"), self.read("DATA.PSP"))

    def test_a_program_that_is_not_aligned_is_refused(self):
        param, data = self.read("PARAM.SFO") + b"\0\0", self.read("DATA.PSP")
        end = 0x28 + len(param)
        offsets = [0x28] + [end] * 6 + [end + len(data)]
        self.assertNotEqual(end % 16, 0)
        self.fails("DATA.PSP is at %x, which is no multiple of 16" % end, pbp,
                   self.write("bad.pbp", b"\0PBP" + struct.pack("<9I", 0x10000, *offsets) + param + data), "--check")

    def test_what_the_menu_could_not_show_is_refused(self):
        self.write("icon.png", png(100, 80))
        self.fails("has 100x80 pixels; ICON0.PNG has 144x80", pbp, *self.pack(icon0="icon.png"))
        self.write("icon.png", b"JFIF")
        self.fails("is no PNG", pbp, *self.pack(icon0="icon.png"))
        self.fails("there is no DATA.PSP", pbp, *self.pack(data="NULL")[:7], "NULL", "NULL")
        self.fails("DATA.PSP: is of type 0002, not FFA0", pbp, *self.pack(data=self.write("e.elf", program()).rsplit("/", 1)[1])[:8], "NULL")
        self.fails("3 parts are given, not 8", pbp, self.path("x"), "a", "b", "c")
        self.fails("is no PBP", pbp, self.path("icon.png"), "--check")
        self.write("x.pbp", b"\0PBP" + struct.pack("<9I", 0x10000, *[0x28] * 7 + [5000]))
        self.fails("do not rise", pbp, self.path("x.pbp"), "--check")
