# SPDX-License-Identifier: Apache-2.0
"""mkcdi: a disc that a Dreamcast boots from a CD, as DiscJuggler's .cdi, version 3.5.

Two sessions: 302 sectors of silence, then a mode 2 track at sector 11702 = 302 + 11400 with IP.BIN, the scrambled program and files.

The tracks' sectors stand one after the other, each after its pregap of 150: 2352 bytes of audio, 2336 of mode 2 (a raw sector from
its subheader on). Then the header, and in the last 8 bytes 80000006 and the header's distance from the end.

    header:   u16 sessions, the sessions, then the disc
    session:  u16 tracks, the tracks, 13 bytes
    track:    u32 0, mark 00 00 01 00 00 00 FF FF FF FF twice, 4 bytes, u8 length and name, 11, 4, 4 bytes, u32 0,
              u16 2, u32 pregap, u32 length, 6, u32 mode (0 audio, 2 mode 2), 12, u32 first sector, u32 pregap + length, 16,
              u32 sector size (1: 2336, 2: 2352), 29, 5 bytes, u32 FFFFFFFF with 78 bytes"""

import struct
import sys
from dataclasses import dataclass
from typing import List

from retrotools import dcdisc, ipbin, iso9660, isocheck, scramble, sector, tool
from retrotools.tool import ToolError

VERSION = 0x80000006
PREGAP = 150
AUDIO_SECTORS = 302
DATA_LBA = AUDIO_SECTORS + 11400
LONGEST = 360000  # 80 minutes
MARK = b"\0\0\1\0\0\0\xff\xff\xff\xff"
SIZES = {0: 2048, 1: 2336, 2: 2352}
DATA_MODE, AUDIO_MODE = 2, 0


@dataclass
class Track:
    mode: int
    lba: int
    pregap: int
    length: int
    unit: int
    data: bytes = b""


def _track(track: Track, name: bytes) -> bytes:
    unit = {size: code for code, size in SIZES.items()}[track.unit]
    out = bytes(4) + MARK * 2 + bytes(4) + bytes([len(name)]) + name + bytes(11 + 4 + 4) + bytes(4) + struct.pack("<HII", 2, track.pregap, track.length)
    out += bytes(6) + struct.pack("<I", track.mode) + bytes(12) + struct.pack("<II", track.lba, track.pregap + track.length) + bytes(16)
    return out + struct.pack("<I", unit) + bytes(29 + 5) + struct.pack("<I", 0xFFFFFFFF) + bytes(78)


def build(iso: bytes, name: str) -> bytes:
    """The image whose second session is this data track, which was laid out for DATA_LBA."""
    length = -(-len(iso) // iso9660.SECTOR)
    if DATA_LBA + length > LONGEST:
        raise ToolError("the files need %d sectors, a CD has %d for them" % (length, LONGEST - DATA_LBA))
    body = [bytes((PREGAP + AUDIO_SECTORS) * sector.RAW)]
    body += [sector.form1(DATA_LBA - PREGAP + i, b"")[16:] for i in range(PREGAP)]
    for i in range(length):
        body.append(sector.form1(DATA_LBA + i, iso[i * iso9660.SECTOR:(i + 1) * iso9660.SECTOR])[16:])
    label = name.encode("ascii", "replace")[:255]
    header = struct.pack("<H", 2)
    for track in (Track(AUDIO_MODE, 0, PREGAP, AUDIO_SECTORS, sector.RAW), Track(DATA_MODE, DATA_LBA, PREGAP, length, sector.XA)):
        header += struct.pack("<H", 1) + _track(track, label) + bytes(13)
    # What follows the sessions is a track like the others, which readers skip: it tells the disc's own name and size.
    header += _track(Track(DATA_MODE, DATA_LBA, PREGAP, length, sector.XA), label)
    return b"".join(body) + header + struct.pack("<II", VERSION, len(header) + 8)


class _Reader:
    def __init__(self, data: bytes, at: int, name: str):
        self.data, self.at, self.name = data, at, name

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.data):
            raise ToolError("%s: the header ends in the middle of a track" % self.name)
        out = self.data[self.at:self.at + size]
        self.at += size
        return out

    def number(self, size: int = 4) -> int:
        return int.from_bytes(self.take(size), "little")


def parse(data: bytes, name: str) -> List[List[Track]]:
    """The sessions of an image, and their tracks with their sectors."""
    if len(data) < 8 or int.from_bytes(data[-8:-4], "little") != VERSION:
        raise ToolError("%s: does not end as a CDI of version 3.5" % name)
    distance = int.from_bytes(data[-4:], "little")
    if not 8 < distance <= len(data):
        raise ToolError("%s: the header would be %d bytes before the end" % (name, distance))
    reader, at = _Reader(data, len(data) - distance, name), 0
    sessions: List[List[Track]] = []
    for _ in range(reader.number(2)):
        tracks = []
        for _ in range(reader.number(2)):
            if reader.number():
                reader.take(8)
            if reader.take(20) != MARK * 2:
                raise ToolError("%s: a track does not begin with its mark" % name)
            reader.take(4)
            reader.take(reader.number(1))
            reader.take(19)
            if reader.number() == 0x80000000:
                reader.take(8)
            reader.take(2)
            pregap, length = reader.number(), reader.number()
            reader.take(6)
            mode = reader.number()
            reader.take(12)
            lba, total = reader.number(), reader.number()
            reader.take(16)
            unit = SIZES.get(reader.number(), 0)
            reader.take(34)
            if reader.number() == 0xFFFFFFFF:
                reader.take(78)
            if not unit or total != pregap + length or at + total * unit > len(data) - distance:
                raise ToolError("%s: a track's lengths are wrong" % name)
            tracks.append(Track(mode, lba, pregap, length, unit, data[at + pregap * unit:at + total * unit]))
            at += total * unit
        reader.take(13)
        sessions.append(tracks)
    return sessions


def data_track(data: bytes, name: str) -> bytes:
    """The sectors of 2048 bytes of the last session's data track."""
    sessions = parse(data, name)
    if len(sessions) < 2 or not sessions[-1] or sessions[-1][-1].mode == AUDIO_MODE:
        raise ToolError("%s: there is no second session with data, so no console boots it" % name)
    track = sessions[-1][-1]
    return b"".join(track.data[i * track.unit + 8:i * track.unit + 8 + 2048] for i in range(track.length))


def boot_file(data: bytes, name: str) -> bytes:
    """The file that the console starts, as it is on the disc."""
    sessions = parse(data, name)
    iso = data_track(data, name)
    lba = sessions[-1][-1].lba
    ip = iso[:ipbin.SIZE]
    ipbin.verify(ip, name + ": IP.BIN")
    read = isocheck.sectors_of(iso, lba, name)
    try:
        entry = isocheck.find(iso9660.check_plain(read, lba, name), ipbin.boot_file(ip))
    except ToolError as exc:
        raise ToolError("%s: %s" % (name, exc)) from exc
    return isocheck.contents(entry, read)


def verify(data: bytes, name: str, program: bytes) -> None:
    """The image starts this program: its boot file is the program, scrambled."""
    found = boot_file(data, name)
    if found == scramble.scramble(program):
        return
    if found == program:
        raise ToolError("%s: the boot file is not scrambled, so a console that reads it from a CD runs its parts in the wrong order" % name)
    raise ToolError("%s: the boot file is another program" % name)


def main(argv) -> None:
    cli = tool.parser("Makes a CDI of a Dreamcast program, scrambling it.")
    cli.add_argument("--ip", help="the IP.BIN")
    cli.add_argument("--boot", required=True, help="the program, not scrambled")
    cli.add_argument("--as-is", action="store_true", help="the program is scrambled already")
    cli.add_argument("--data", default="", metavar="FOLDER", help="more files for the root directory")
    cli.add_argument("--check", action="store_true", help="changes nothing, fails unless the image starts this program")
    cli.add_argument("cdi")
    args = cli.parse_args(argv)
    program = tool.read_file(args.boot)
    if args.check:
        verify(tool.read_file(args.cdi), args.cdi, program)
        return
    if not args.ip:
        raise ToolError("give the IP.BIN (--ip)")
    ip = tool.read_file(args.ip)
    entries = dcdisc.boot_entries(ip, args.ip, program if args.as_is else scramble.scramble(program), args.data)
    tool.write_file(args.cdi, build(dcdisc.track(ip, entries, DATA_LBA, dcdisc.label_of(ip)), dcdisc.label_of(ip)))


if __name__ == "__main__":
    sys.exit(tool.run(main))
