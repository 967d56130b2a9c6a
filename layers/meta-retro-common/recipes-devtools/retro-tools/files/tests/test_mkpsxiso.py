# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import struct
import subprocess
import unittest

from retrotools import iso9660, isocheck, mkpsxiso, psxlicense, sector
from tests.support import ToolTest

EXE = b"PS-X EXE".ljust(16, b"\0") + struct.pack("<IIII", 0x80010000, 0, 0x80010000, 2048).ljust(2032, b"\0") + b"\x11" * 2048
CNF = b"BOOT = cdrom:\\MAIN.EXE;1\r\nTCB = 4\r\nEVENT = 10\r\nSTACK = 801FFF00\r\n"
PROJECT = """<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<iso_project image_name="%(folder)s/game.bin" cue_sheet="%(folder)s/game.cue">
  <track type="data">
    <identifiers system="PLAYSTATION" application="PLAYSTATION" volume="GAME" volume_set="GAME" publisher="HITZ" data_preparer="MKPSXISO"/>
    <directory_tree>
      <file name="system.cnf" type="data" source="system.txt"/>
      <file name="MAIN.EXE;1" source="main.exe"/>
      <dir name="DATA">
        <file name="VOICE.XA" type="xa" source="voice.xa"/>
        <dummy sectors="3"/>
        <dir name="DEEP"><file source="LEVEL.DAT"/></dir>
      </dir>
      <file name="MUSIC.DA" type="da" trackid="song"/>
    </directory_tree>
  </track>
  <track type="audio" trackid="song" source="song.wav"/>
  <track type="audio" source="more.raw"><pregap duration="00:00:10"/></track>
</iso_project>
"""


def wav(samples, rate=44100):
    return b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, rate, rate * 4, 4, 16) + b"data" + struct.pack("<I", len(samples)) + samples


class Mkpsxiso(ToolTest):
    def setUp(self):
        super().setUp()
        self.write("system.txt", CNF)
        self.write("main.exe", EXE)
        self.write("LEVEL.DAT", b"level" * 1000)
        self.xa = b"".join((bytes([1, i & 7, 0x64, 1]) * 2 + bytes([i]) * 2324).ljust(2336, b"\0") for i in range(4))
        self.write("voice.xa", self.xa)
        self.samples = bytes(range(256)) * 50
        self.write("song.wav", wav(self.samples))
        self.write("more.raw", b"\x22" * 2352 * 5)

    def make(self, text=PROJECT, *options):
        self.runs(mkpsxiso, self.write("game.xml", text.replace("%(folder)s", self.folder)), *options)
        return self.read("game.bin")

    def tree(self, image):
        read = isocheck.sectors_of(image, 0, "game.bin")
        return read, {e.path: e for e in iso9660.check_plain(read, 0, "game.bin")}

    def test_everything_is_on_the_disc(self):
        image = self.make()
        read, tree = self.tree(image)
        self.assertEqual(sorted(tree), ["", "DATA", "DATA/DEEP", "DATA/DEEP/LEVEL.DAT;1", "DATA/VOICE.XA;1", "MAIN.EXE;1", "MUSIC.DA;1", "SYSTEM.CNF;1"])
        self.assertEqual(isocheck.contents(tree["SYSTEM.CNF;1"], read), CNF)
        self.assertEqual(isocheck.contents(tree["MAIN.EXE;1"], read), EXE)
        self.assertEqual(isocheck.contents(tree["DATA/DEEP/LEVEL.DAT;1"], read), b"level" * 1000)

    def test_files_lie_in_the_order_of_the_xml(self):
        _, tree = self.tree(self.make())
        order = ["SYSTEM.CNF;1", "MAIN.EXE;1", "DATA/VOICE.XA;1", "DATA/DEEP/LEVEL.DAT;1", "MUSIC.DA;1"]
        self.assertEqual(sorted(order, key=lambda p: tree[p].lba), order)
        self.assertEqual(tree["DATA/DEEP/LEVEL.DAT;1"].lba - tree["DATA/VOICE.XA;1"].lba, 4 + 3 + 1, "the dummy has 3 sectors, the directory DEEP one")
        # A directory too lies where the XML has it.
        order.insert(2, "DATA")
        order.insert(4, "DATA/DEEP")
        self.assertEqual(sorted(order, key=lambda p: tree[p].lba), order)

    def test_the_audio_tracks_are_where_cue_and_directory_say(self):
        image = self.make()
        _, tree = self.tree(image)
        lba = tree["MUSIC.DA;1"].lba
        sectors = -(-len(self.samples) // 2352)
        self.assertEqual(image[lba * 2352:lba * 2352 + len(self.samples)], self.samples)
        self.assertEqual(image[(lba - 150) * 2352:lba * 2352], bytes(150 * 2352))
        self.assertEqual(tree["MUSIC.DA;1"].size, sectors * 2048)
        cue = self.read("game.cue").decode().splitlines()
        self.assertEqual(cue[:3], ['FILE "game.bin" BINARY', "  TRACK 01 MODE2/2352", "    INDEX 01 00:00:00"])
        self.assertEqual(cue[3:6], ["  TRACK 02 AUDIO", "    INDEX 00 " + sector.msf(lba - 150), "    INDEX 01 " + sector.msf(lba)])
        second = lba + sectors + 10
        self.assertEqual(cue[6:], ["  TRACK 03 AUDIO", "    INDEX 00 " + sector.msf(second - 10), "    INDEX 01 " + sector.msf(second)])
        self.assertEqual(image[second * 2352:], b"\x22" * 2352 * 5)

    def test_xa_sectors_keep_their_subheaders(self):
        image = self.make()
        _, tree = self.tree(image)
        at = tree["DATA/VOICE.XA;1"].lba * 2352
        self.assertEqual(image[at + 16:at + 24 + 2324], self.xa[:8 + 2324])
        last = at + 3 * 2352
        self.assertEqual(image[last + 18], 0x64 | 0x81, "the last sector ends the file")
        self.assertEqual(struct.unpack(">HHH2sB5x", tree["DATA/VOICE.XA;1"].rest), (0, 0, 0x3D55, b"XA", 1))
        self.assertEqual(tree["MAIN.EXE;1"].rest[4:6], b"\x0d\x55")
        self.assertEqual(tree["MUSIC.DA;1"].rest[4:6], b"\x45\x55")
        self.assertEqual(tree["DATA"].rest[4:6], b"\x8d\x55")

    def test_every_sector_has_its_place_and_parity(self):
        self.make()
        self.runs(isocheck, self.path("game.bin"), "--psx")
        image = bytearray(self.read("game.bin"))
        image[20 * 2352 + 0x900] ^= 1
        self.fails("sector 20 has a wrong parity", isocheck, self.write("bad.bin", bytes(image)))
        image[20 * 2352 + 0x100] ^= 1
        self.fails("sector 20 has a wrong EDC", isocheck, self.write("bad.bin", bytes(image)))

    def test_parity_is_that_of_ecma_130(self):
        """P and Q of a sector, worked out byte by byte as the standard writes it."""
        raw = sector.form1(1234, bytes((i * 7 + 3) & 255 for i in range(2048)))

        def times_alpha(x):
            return (x << 1) ^ (0x11D if x & 0x80 else 0)
        block = bytearray(4) + raw[0x10:]
        for columns, rows, start, step, size in ((86, 24, lambda c: (c >> 1) * 2 + (c & 1), 86, 2064), (52, 43, lambda c: (c >> 1) * 86 + (c & 1), 88, 2236)):
            for column in range(columns):
                # The sum of all code words and that of each times alpha to its place are zero.
                places = [(start(column) + r * step) % size for r in range(rows)]
                word = [block[p] for p in places] + [block[size + column], block[size + columns + column]]
                plain = weighted = 0
                for byte in word:
                    plain ^= byte
                    weighted = times_alpha(weighted) ^ byte
                self.assertEqual((plain, weighted), (0, 0), (columns, column))

    def test_the_descriptor_says_what_the_xml_says(self):
        pvd = self.make()[16 * 2352 + 24:][:2048]
        self.assertEqual((pvd[8:40].rstrip(), pvd[40:72].rstrip(), pvd[318:446].rstrip()), (b"PLAYSTATION", b"GAME", b"HITZ"))
        self.assertEqual(pvd[1024:1032], b"CD-XA001")
        self.assertEqual(pvd[813:829], b"2024010100000000")

    def record(self, image, path):
        """A file's own directory record."""
        read, tree = self.tree(image)
        folder, name = os.path.split(path)
        data = b"".join(read(tree[folder].lba + i) for i in range(tree[folder].size // 2048))
        at = data.index(bytes([len(name)]) + name.encode()) - 32
        return data[at:at + data[at]]

    def test_dates_are_those_of_the_xml(self):
        image = self.make(PROJECT.replace('volume="GAME"', 'volume="GAME" creation_date="1998110523595901+36" modification_date="19990102030405"')
                          .replace('name="system.cnf"', 'name="system.cnf" date="1997031415092653-20"').replace('<dir name="DATA">', '<dir name="DATA" gmt_offs="4">'))
        pvd = image[16 * 2352 + 24:][:2048]
        self.assertEqual(pvd[813:830], b"1998110523595901\x24")
        self.assertEqual(pvd[830:847], b"1999010203040500\x24")
        self.assertEqual(pvd[847:881], 2 * (b"0" * 16 + b"\0"))
        self.assertEqual(pvd[156 + 18:156 + 25], bytes([98, 11, 5, 23, 59, 59, 36]), "the root directory is as old as the volume")
        self.assertEqual(self.record(image, "SYSTEM.CNF;1")[18:25], bytes([97, 3, 14, 15, 9, 26, 256 - 20]))
        self.assertEqual(self.record(image, "MAIN.EXE;1")[18:25], bytes([124, 1, 1, 0, 0, 0, 0]))
        self.assertEqual(self.record(image, "DATA")[18:25], bytes([124, 1, 1, 1, 0, 0, 4]), "four quarters of an hour ahead of UTC")
        self.assertEqual(self.record(image, "DATA/VOICE.XA;1")[18:25], bytes([124, 1, 1, 0, 0, 0, 0]), "a directory's attributes are its own")
        # Where new_type is said, clocks are not moved.
        image = self.make(PROJECT.replace('<dir name="DATA">', '<dir name="DATA" gmt_offs="4">').replace('track type="data"', 'track type="data" new_type="false"'))
        self.assertEqual(self.record(image, "DATA")[18:25], bytes([124, 1, 1, 0, 0, 0, 4]))

    def test_attributes_are_those_of_the_xml(self):
        image = self.make(PROJECT.replace("<directory_tree>", '<default_attributes xa_perm="0x111" xa_gid="7" gmt_offs="36"/><directory_tree xa_uid="9">')
                          .replace('type="xa"', 'type="xa" xa_attrib="24" xa_gid="8"').replace('name="MAIN.EXE;1"', 'name="MAIN.EXE;1" hidden="1" xa_attrib="255"'))
        _, tree = self.tree(image)
        self.assertEqual(tree["DATA/VOICE.XA;1"].rest[:7], struct.pack(">HHH", 8, 0, 0x1911) + b"X")
        self.assertEqual(tree["MAIN.EXE;1"].rest[:6], struct.pack(">HHH", 7, 0, 0x0911))
        self.assertEqual(tree[""].rest[:6], struct.pack(">HHH", 7, 9, 0x8911))
        self.assertEqual(tree["DATA"].rest[:6], struct.pack(">HHH", 7, 0, 0x8911))
        self.assertEqual((self.record(image, "MAIN.EXE;1")[25], self.record(image, "SYSTEM.CNF;1")[25]), (1, 0))
        image = self.make(PROJECT.replace('source="main.exe"', 'source="main.exe" h_flag="1"'))
        self.assertEqual(self.record(image, "MAIN.EXE;1")[25], 1)
        self.xa = b"\x05" + self.xa[1:4] + b"\x05" + self.xa[5:]
        self.write("voice.xa", self.xa)
        self.assertEqual(self.record(self.make(), "DATA/VOICE.XA;1")[-6], 5, "the file number is that of its sectors")

    def test_offs_puts_files_where_they_are_to_be(self):
        plain = self.tree(self.make())[1]
        image = self.make(PROJECT.replace('source="main.exe"', 'source="main.exe" offs="100"').replace('<dummy sectors="3"/>', '<dummy sectors="3" offs="200" type="32"/>'))
        read, tree = self.tree(image)
        self.assertEqual(tree["MAIN.EXE;1"].lba, 100)
        self.assertEqual(isocheck.contents(tree["MAIN.EXE;1"], read), EXE)
        self.assertEqual({p: tree[p].lba for p in tree if p not in ("MAIN.EXE;1", "MUSIC.DA;1")}, {p: plain[p].lba for p in plain if p not in ("MAIN.EXE;1", "MUSIC.DA;1")})
        self.assertEqual([image[lba * 2352 + 18] for lba in (199, 200, 202, 203)], [0, 0x20, 0x20, 0])
        self.runs(isocheck, self.path("game.bin"), "--psx")
        self.wrong("game.xml:8: the file MAIN.EXE would begin at sector 20, and what describes the volume reaches to sector 21", 'source="main.exe"', 'source="main.exe" offs="20"')
        self.wrong("the file SYSTEM.CNF", 'source="main.exe"', 'source="main.exe" offs="23"')

    def test_sectors_of_form_2_may_be_without_edc(self):
        image = self.make(PROJECT.replace('track type="data"', 'track type="data" xa_edc="false"'))
        at = self.tree(image)[1]["DATA/VOICE.XA;1"].lba * 2352
        self.assertEqual(image[at + 0x92c:at + 2352], bytes(4))
        self.assertNotEqual(self.make()[at + 0x92c:at + 2352], bytes(4))
        self.runs(isocheck, self.path("game.bin"), "--psx")

    def test_what_mkpsxiso_does_and_this_does_not_is_refused(self):
        for old, new, said in (('track type="data"', 'track type="data" new_type="true"', "game.xml:4: new_type='true' of <track> is not supported; false is"),
                               ('track type="data"', 'track type="data" ps2="1"', "game.xml:4: ps2='1' of <track> is not supported; false is"),
                               ('sectors="3"', 'sectors="3" ecc_addr="true"', "game.xml:11: ecc_addr='true' of <dummy> is not supported"),
                               ('volume="GAME"', 'id_file="other.xml"', "game.xml:5: id_file='other.xml' of <identifiers> is not supported"),
                               ('type="xa"', 'type="xa" hidden="2"', "game.xml:10: hidden='2' of <file> is not 0 to 1"),
                               ('type="xa"', 'type="xa" xa_attrib="300"', "game.xml:10: xa_attrib='300' of <file> is not 0 to 255"),
                               ('type="xa"', 'type="xa" offs="-1"', "game.xml:10: offs='-1' of <file> is not 0 to"),
                               ('type="xa"', 'type="xa" date="19980230120000"', "game.xml:10: date='19980230120000' of <file> is no date"),
                               ('volume="GAME"', 'creation_date="yesterday"', "game.xml:5: creation_date='yesterday' of <identifiers> is no date"),
                               ('track type="data"', 'track type="data" xa_edc="perhaps"', "game.xml:4: xa_edc='perhaps' of <track> is neither true nor false")):
            self.wrong(said, old, new)

    def test_a_licence_may_be_left_to_the_option(self):
        licence = self.write("licence.dat", b"".join(bytes([0, 0, 8, 0]) * 2 + bytes(2048) + bytes(280) for _ in range(12)))
        text = self.write("game.xml", PROJECT.replace("%(folder)s", self.folder).replace("<identifiers", '<license file="licence.dat"/><identifiers'))
        self.fails("game.xml:5: <license> names a licence file", mkpsxiso, text, "--license-by-option")
        self.runs(mkpsxiso, text, "--license-by-option", "--license", licence)

    def test_no_xa_leaves_the_records_out(self):
        image = self.make(PROJECT.replace("cue_sheet=", 'no_xa="1" cue_sheet='))
        _, tree = self.tree(image)
        self.assertEqual(tree["MAIN.EXE;1"].rest, b"")
        self.assertEqual(image[16 * 2352 + 24 + 1024:][:8], bytes(8))

    def test_a_short_data_track_is_filled_up_to_four_seconds(self):
        text = PROJECT[:PROJECT.index('<track type="audio" trackid')].replace('<file name="MUSIC.DA" type="da" trackid="song"/>', "") + "</iso_project>"
        image = self.make(text)
        self.assertEqual(len(image), 300 * 2352)
        self.assertEqual(struct.unpack_from("<I", image, 16 * 2352 + 24 + 80), (300,))

    def test_two_images_are_the_same(self):
        first = self.make()
        os.utime(self.path("main.exe"), (1, 1))
        self.assertEqual(self.make(), first)

    def test_the_places_come_as_a_list_and_as_a_header(self):
        self.make(PROJECT, "-lba", self.path("lba.txt"), "-lbahead", self.path("lba.h"), "-y", "-q")
        _, tree = self.tree(self.read("game.bin"))
        self.assertIn("#define LBA_DATA_VOICE_XA    %d\n" % tree["DATA/VOICE.XA;1"].lba, self.read("lba.h").decode())
        self.assertIn("DATA/DEEP/LEVEL.DAT", self.read("lba.txt").decode())

    def test_the_licence_is_the_users_or_nothing(self):
        self.make()
        self.runs(psxlicense, self.path("game.bin"), "--check-empty")
        licence = b"".join(bytes([0, 0, 8, 0]) * 2 + bytes([i + 1]) * 2048 + bytes(280) for i in range(12))
        plain = self.read("game.bin")
        self.runs(psxlicense, self.path("game.bin"), self.write("licence.dat", licence))
        image = self.read("game.bin")
        self.assertEqual(image[4 * 2352 + 24:][:2048], b"\x05" * 2048)
        self.runs(isocheck, self.path("game.bin"))
        self.fails("sector 0 of the licence area has data", psxlicense, self.path("game.bin"), "--check-empty")
        self.assertEqual(self.make(PROJECT.replace("<identifiers", '<license file="licence.dat"/><identifiers')), image)
        self.runs(psxlicense, self.path("game.bin"), "--clear")
        self.assertEqual(self.read("game.bin"), plain)
        self.fails("a licence file has 28032 bytes", psxlicense, self.path("game.bin"), self.write("short", licence[1:]))
        self.fails("is no image of a disc", psxlicense, self.path("main.exe"), "--clear")

    def wrong(self, said, old, new):
        self.assertIn(old, PROJECT)
        text = PROJECT.replace("%(folder)s", self.folder).replace(old, new)
        self.fails(said, mkpsxiso, self.write("game.xml", text))

    def test_what_is_wrong_in_the_xml_is_told_with_its_line(self):
        self.wrong("game.xml:16: mismatched tag at column", "</directory_tree>", "")
        self.wrong("game.xml:9: not well-formed (invalid token)", '<dir name="DATA">', "<dir name=DATA>")
        self.wrong("game.xml:8: <fille> is no element of a disc project; did you mean file?", "<file name=\"MAIN.EXE;1\"", "<fille name=\"MAIN.EXE;1\"")
        self.wrong("game.xml:11: sectors='many' of <dummy> is not a number", 'sectors="3"', 'sectors="many"')
        self.wrong("game.xml:11: <dummy> has no sectors", 'sectors="3"', "")
        self.wrong("game.xml:7: <file> has an unknown attribute souce; did you mean source?", 'source="system.txt"', 'souce="system.txt"')
        self.wrong("game.xml:7: %s: No such file" % self.path("other"), "system.txt", "other")
        self.wrong("game.xml:10: type='xaa' of <file> is none of data, mixed, xa, str, da; did you mean xa?", 'type="xa"', 'type="xaa"')
        self.wrong("game.xml:14: there is no audio track with trackid 'sing'", 'type="da" trackid="song"', 'type="da" trackid="sing"')
        self.wrong("game.xml:18: duration='10' is not minutes:seconds:frames", "00:00:10", "10")
        self.wrong("game.xml:8: 'MAIN.EXECUTABLE' is no name of ISO 9660 level 1", "MAIN.EXE;1", "MAIN.EXECUTABLE")
        self.wrong("game.xml:8: SYSTEM.CNF is twice in its directory; game.xml:7".replace("game.xml:7", self.path("game.xml:7")), "MAIN.EXE;1", "SYSTEM.CNF")
        self.wrong("game.xml:4: <track> stands in <directory_tree>".replace("game.xml:4", "game.xml:8"), '<file name="MAIN.EXE;1" source="main.exe"/>', '<track type="audio"/>')
        self.wrong("longer than 32 characters", 'volume="GAME"', 'volume="%s"' % ("X" * 33))
        self.wrong("game.xml:4: type='vinyl' of <track> is neither", 'track type="data"', 'track type="vinyl"')
        self.fails("game.xml:1: no element found", mkpsxiso, self.write("game.xml", ""))

    def test_sources_of_the_wrong_kind_are_refused(self):
        self.write("song.wav", wav(self.samples, 22050))
        self.fails("not 22050 Hz, 2 channels, 16 bits", mkpsxiso, self.write("game.xml", PROJECT))
        self.write("song.wav", wav(self.samples))
        self.write("voice.xa", self.xa[:-1])
        self.fails("no number of sectors of 2336 bytes", mkpsxiso, self.write("game.xml", PROJECT))

    def test_a_da_file_may_bring_its_own_track(self):
        text = PROJECT.replace('type="da" trackid="song"', 'type="da" source="song.wav"').replace('<track type="audio" trackid="song" source="song.wav"/>', "")
        image = self.make(text)
        _, tree = self.tree(image)
        lba = tree["MUSIC.DA;1"].lba
        self.assertEqual(image[lba * 2352:lba * 2352 + len(self.samples)], self.samples)

    def test_more_than_the_bios_reads_is_refused(self):
        many = "".join('<file name="F%d" source="main.exe"/>' % i for i in range(31))
        self.wrong("more than the 30 entries", '<file name="MUSIC.DA" type="da" trackid="song"/>', many)
        self.make(PROJECT.replace('<file name="MUSIC.DA" type="da" trackid="song"/>', many), "-nolimit")
        read, tree = self.tree(self.read("game.bin"))
        self.assertEqual(len(tree), 7 + 31)
        self.assertEqual(isocheck.contents(tree["F30.;1"], read), EXE)


class Validators(ToolTest):
    @unittest.skipUnless(shutil.which("bchunk") and shutil.which("isoinfo"), "bchunk or isoinfo is not here")
    def test_bchunk_and_isoinfo_read_the_image(self):
        disc = Mkpsxiso("test_everything_is_on_the_disc")
        disc.setUp()
        self.addCleanup(disc.doCleanups)
        disc.make()
        subprocess.run(["bchunk", "game.bin", "game.cue", "out"], cwd=disc.folder, check=True, capture_output=True)
        said = subprocess.run(["isoinfo", "-f", "-i", "out01.iso"], cwd=disc.folder, check=True, capture_output=True, text=True).stdout
        self.assertIn("/DATA/DEEP/LEVEL.DAT;1", said.split())
        taken = subprocess.run(["isoinfo", "-x", "/DATA/DEEP/LEVEL.DAT;1", "-i", "out01.iso"], cwd=disc.folder, check=True, capture_output=True).stdout
        self.assertEqual(taken, b"level" * 1000)

    @unittest.skipUnless(shutil.which("bchunk") and shutil.which("isoinfo") and shutil.which("xorriso"), "bchunk, isoinfo or xorriso is not here")
    def test_isoinfo_and_xorriso_read_dates_places_and_flags(self):
        disc = Mkpsxiso("test_everything_is_on_the_disc")
        disc.setUp()
        self.addCleanup(disc.doCleanups)
        disc.make(PROJECT.replace('volume="GAME"', 'volume="GAME" creation_date="1998110523595900+0" modification_date="1999010203040500+0"')
                  .replace('name="system.cnf"', 'name="system.cnf" date="1997031415092653+0" offs="90" hidden="1"'))
        subprocess.run(["bchunk", "game.bin", "game.cue", "out"], cwd=disc.folder, check=True, capture_output=True)
        said = subprocess.run(["isoinfo", "-l", "-i", "out01.iso"], cwd=disc.folder, check=True, capture_output=True, text=True).stdout
        self.assertRegex(said, r"(?m)^-+ +0 +0 +0 +%d Mar 14 1997 \[ +90 01\] +SYSTEM.CNF;1" % len(CNF))
        self.assertRegex(said, r"(?m)Nov  5 1998 \[ +\d+ 02\] +\. ")
        self.assertRegex(said, r"(?m)Jan  1 2024 \[ +\d+ 00\] +MAIN.EXE;1")
        taken = subprocess.run(["isoinfo", "-x", "/SYSTEM.CNF;1", "-i", "out01.iso"], cwd=disc.folder, check=True, capture_output=True).stdout
        self.assertEqual(taken, CNF)
        said = subprocess.run(["xorriso", "-indev", "out01.iso", "-pvd_info"], cwd=disc.folder, check=True, capture_output=True, text=True).stdout
        self.assertRegex(said, r"Creation Time: +1998110523595900")
        self.assertRegex(said, r"Modif. Time  : +1999010203040500")

    @unittest.skipUnless(shutil.which("chdman"), "chdman is not here")
    def test_chdman_reads_the_image_and_finds_its_parity_right(self):
        disc = Mkpsxiso("test_everything_is_on_the_disc")
        disc.setUp()
        self.addCleanup(disc.doCleanups)
        disc.make()

        def size(name):
            subprocess.run(["chdman", "createcd", "-c", "cdzl", "-i", name, "-o", name + ".chd", "-f"], cwd=disc.folder, check=True, capture_output=True)
            subprocess.run(["chdman", "verify", "-i", name + ".chd"], cwd=disc.folder, check=True, capture_output=True)
            return os.path.getsize(disc.path(name + ".chd"))
        good = size("game.cue")
        # It leaves out parity that it can work out itself, so an image with a wrong bit in every sector takes more.
        image = bytearray(disc.read("game.bin"))
        for at in range(0x900, 300 * 2352, 2352):
            image[at] ^= 1
        disc.write("bad.bin", bytes(image))
        disc.write("bad.cue", disc.read("game.cue").replace(b"game.bin", b"bad.bin"))
        self.assertGreater(size("bad.cue"), good + 2000)
