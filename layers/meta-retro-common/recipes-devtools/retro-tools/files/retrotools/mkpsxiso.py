# SPDX-License-Identifier: Apache-2.0
"""mkpsxiso: a PlayStation disc, BIN and CUE, from the XML of a disc project (retrotools.psxproject says which).

The data track's sectors are mode 2: 0-11 the licence that the user may give, 12-15 empty, then the file system with CD-ROM XA's
records, every directory and file in the order of the XML. Audio tracks follow, each with its pregap of silence in the image. A file of type "da"
is a directory's name for an audio track: its sectors lie where the track does. The image is the same whenever it is made: times
are SOURCE_DATE_EPOCH's, unless the XML has others."""

import os
import re
import struct
import sys
from dataclasses import dataclass, field
from typing import BinaryIO, Dict, List, Tuple

from retrotools import iso9660, psxproject, sector, tool
from retrotools.tool import ToolError

LICENSE_SECTORS = 12
LICENSE_SIZE = LICENSE_SECTORS * sector.XA
MAX_ROOT_ENTRIES, MAX_DIRECTORIES = 30, 45
PREGAP = 150
SHORTEST_TRACK = 300  # four seconds, says the Red Book, and chdman makes broken files of less
EMPTY_FORM2 = bytes([0, 0, sector.FORM2_BIT, 0]) * 2


@dataclass
class Audio:
    """An audio track: raw PCM from offset for size bytes of a file; where its first sector will be."""
    track: psxproject.Track
    path: str
    offset: int
    size: int
    pregap: int
    lba: int = 0

    @property
    def sectors(self) -> int:
        return -(-self.size // sector.RAW)


@dataclass
class Disc:
    project: psxproject.Project
    volume: iso9660.Volume
    root: iso9660.Directory
    audio: List[Audio] = field(default_factory=list)
    files_end: int = 0
    data_end: int = 0
    end: int = 0


def wave(path: str, where: str) -> Tuple[int, int]:
    """(offset, size) of the samples of a WAV file of a CD's form; a file that is no WAV is raw samples."""
    try:
        with open(path, "rb") as file:
            head = file.read(12)
            size = os.fstat(file.fileno()).st_size
            if head[:4] != b"RIFF" or head[8:] != b"WAVE":
                return 0, size
            form = None
            while True:
                chunk = file.read(8)
                if len(chunk) < 8:
                    raise ToolError("%s%s: the WAV file has no data" % (where, path))
                name, length = chunk[:4], int.from_bytes(chunk[4:], "little")
                if name == b"data":
                    break
                body = file.read(length + length % 2)
                if name == b"fmt ":
                    form = struct.unpack_from("<HHI6xH", body)
            if form is None or form[1:] != (2, 44100, 16):
                found = "%d Hz, %d channels, %d bits" % (form[2], form[1], form[3]) if form else "unknown"
                raise ToolError("%s%s: a CD's audio is 44100 Hz, 2 channels, 16 bits, not %s" % (where, path, found))
            return file.tell(), min(length, size - file.tell())
    except OSError as exc:
        raise ToolError("%s%s: %s" % (where, path, exc.strerror)) from exc


def _size(entry: psxproject.Entry) -> int:
    try:
        return os.path.getsize(entry.source)
    except OSError as exc:
        raise ToolError("%s%s: %s" % (entry.where, entry.source, exc.strerror)) from exc


def _xa_unit(entry: psxproject.Entry) -> Tuple[int, int]:
    """(bytes of a sector in an XA or STR file, where in them the subheader is)"""
    size = _size(entry)
    with open(entry.source, "rb") as file:
        if file.read(12) == sector.SYNC and size % sector.RAW == 0:
            return sector.RAW, 16
    if size == 0 or size % sector.XA:
        raise ToolError("%s%s has %d bytes, which is no number of sectors of 2336 bytes (or whole ones of 2352)" % (entry.where, entry.source, size))
    return sector.XA, 0


class _Tree:
    """A project's tree to directories and files."""

    def __init__(self, audio: Dict[str, Audio], clocks: bool):
        self.audio, self.clocks = audio, clocks

    def time(self, entry: psxproject.Entry) -> iso9660.Stamp:
        quarters = entry.attributes.get("gmt_offs", 0)
        return entry.date or (iso9660.Stamp(iso9660.now().when, quarters) if self.clocks else iso9660.now(quarters))

    def convert(self, entry: psxproject.Entry):
        of = entry.attributes
        if entry.kind == "dummy":
            return iso9660.File("", entry.sectors, 0, entry, forced=of["offs"], where=entry.where)
        perm = of.get("xa_perm", 0x555)
        same = {"gid": of.get("xa_gid", 0), "uid": of.get("xa_uid", 0), "forced": of.get("offs", 0), "hidden": bool(of.get("hidden", 0)),
                "time": self.time(entry), "where": entry.where}
        if entry.kind == "dir":
            return iso9660.Directory(entry.name, [self.convert(e) for e in entry.entries], 0x8800 | perm, **same)
        file = iso9660.File(entry.name, 0, 0, entry, **same)
        if entry.kind == "data":
            file.size = _size(entry)
            file.sectors = max(1, -(-file.size // sector.USER))
            file.attributes = 0x0800 | perm
        elif entry.kind == "da":
            track = self.audio.get(entry.trackid or entry.where)
            if track is None:
                raise ToolError("%sthere is no audio track with trackid %r" % (entry.where, entry.trackid))
            file.lba, file.size, file.attributes = 0, track.sectors * sector.USER, 0x4000 | perm
        else:
            unit, skip = _xa_unit(entry)
            file.sectors = _size(entry) // unit
            file.size = file.sectors * sector.USER
            # 255 is nothing of its own: form 1 and form 2, interleaved.
            own = of.get("xa_attrib", 0xff)
            file.attributes = (0x38 if own == 0xff else own) << 8 | perm
            with open(entry.source, "rb") as data:
                file.number = max(1, data.read(skip + 1)[skip])
        return file


def _da_with_source(entry: psxproject.Entry) -> List[psxproject.Entry]:
    """Files of type "da" that bring their own track, in order: it is put after the tracks of the project."""
    out = []
    for child in entry.entries:
        if child.kind == "da" and not child.trackid:
            out.append(child)
        out += _da_with_source(child)
    return out


def _audio(project: psxproject.Project) -> Dict[str, Audio]:
    tracks = list(project.tracks[1:])
    for entry in _da_with_source(project.tracks[0].tree):
        tracks.append(psxproject.Track("audio", entry.source, entry.where, entry.where))
    out: Dict[str, Audio] = {}
    for index, track in enumerate(tracks):
        offset, size = wave(track.source, track.where)
        if size < 4 * sector.RAW:
            raise ToolError("%s%s: %d bytes are less than an audio track's 4 sectors" % (track.where, track.source, size))
        key = track.trackid or "track %d" % index
        if key in out:
            raise ToolError("%sthere is a second track with trackid %r" % (track.where, track.trackid))
        out[key] = Audio(track, track.source, offset, size, PREGAP if track.pregap is None else track.pregap)
    return out


def _on_disc(root: iso9660.Directory):
    """All that has sectors in the data track, as it lies there."""
    return sorted((e for e in iso9660.in_order(root) if isinstance(e, iso9660.Directory) or e.source.kind != "da"), key=lambda e: e.lba)


def _check_places(disc: Disc) -> None:
    """offs puts nothing where something else is."""
    before, end = "what describes the volume", iso9660.SYSTEM_AREA + 2 + 4 * iso9660.table_sectors(disc.root)
    for entry in _on_disc(disc.root):
        name = "%s %s" % ("the directory" if isinstance(entry, iso9660.Directory) else "the file" if entry.name else "the dummy", entry.name)
        if entry.lba < end:
            raise ToolError("%s%s would begin at sector %d, and %s reaches to sector %d" % (entry.where, name.strip(), entry.lba, before, end - 1))
        before, end = "%s (%s)" % (name.strip(), entry.where.rstrip(": ")), entry.lba + iso9660.sectors_of(entry)


def plan(project: psxproject.Project, limits: bool = True) -> Disc:
    """Where everything will be."""
    audio = _audio(project)
    track = project.tracks[0]
    root, names = _Tree(audio, track.clocks).convert(track.tree), track.identifiers
    root.time = track.created or root.time
    volume = iso9660.Volume(names.get("system", "PLAYSTATION"), names.get("application", "PLAYSTATION"), names.get("volume", ""),
                            names.get("volume_set", ""), names.get("publisher", ""), names.get("data_preparer", ""),
                            names.get("copyright", ""), project.xa, root.time, track.modified)
    if limits and sum(1 for e in root.entries if e.name) > MAX_ROOT_ENTRIES:
        raise ToolError("%sthe root directory has more than the %d entries that the console's BIOS reads" % (root.where, MAX_ROOT_ENTRIES))
    if limits and len(iso9660.directories(root)) > MAX_DIRECTORIES:
        raise ToolError("%sthere are more than the %d directories that the console's BIOS reads" % (root.where, MAX_DIRECTORIES))
    disc = Disc(project, volume, root, list(audio.values()))
    disc.files_end = iso9660.lay_out(root, 0, project.xa)
    _check_places(disc)
    disc.data_end = lba = max(disc.files_end, SHORTEST_TRACK)
    for track in disc.audio:
        track.lba = lba + track.pregap
        lba = track.lba + track.sectors
    disc.end = lba
    for file in iso9660.files(root):
        if file.source.kind == "da":
            file.lba = audio[file.source.trackid or file.source.where].lba
    return disc


def license_sectors(data: bytes, name: str) -> List[bytes]:
    """Sectors 0-11 from a licence file: 2336 bytes each, with EDC and parity made anew."""
    if len(data) != LICENSE_SIZE:
        raise ToolError("%s: a licence file has %d bytes (12 sectors of 2336), not %d" % (name, LICENSE_SIZE, len(data)))
    return [sector.from_xa(lba, data[lba * sector.XA:(lba + 1) * sector.XA], name) for lba in range(LICENSE_SECTORS)]


def empty_license() -> List[bytes]:
    return [sector.form1(lba, b"") for lba in range(LICENSE_SECTORS)]


def _write_file(out: BinaryIO, file: iso9660.File, form2_edc: bool) -> None:
    entry = file.source
    if entry.kind == "dummy":
        subheader = bytes([0, 0, entry.submode, 0]) * 2
        for lba in range(file.lba, file.lba + file.sectors):
            out.write(sector.form2(lba, b"", subheader, form2_edc) if entry.submode & sector.FORM2_BIT else sector.form1(lba, b"", subheader=subheader))
        return
    with open(entry.source, "rb") as data:
        last = file.lba + file.sectors - 1
        unit, skip = (sector.USER, 0) if entry.kind == "data" else _xa_unit(entry)
        for lba in range(file.lba, last + 1):
            raw = data.read(unit)
            if entry.kind == "data":
                end = sector.EOF | sector.EOR if lba == last else 0
                out.write(sector.form1(lba, raw, sector.DATA | end))
            else:
                out.write(sector.from_xa(lba, raw[skip:], entry.where + entry.source, lba == last, form2_edc))


def _write_audio(out: BinaryIO, track: Audio) -> None:
    out.write(bytes(track.pregap * sector.RAW))
    with open(track.path, "rb") as data:
        data.seek(track.offset)
        left = track.size
        while left:
            piece = data.read(min(left, 1 << 20))
            if not piece:
                raise ToolError("%s: ended while it was read" % track.path)
            out.write(piece)
            left -= len(piece)
    out.write(bytes(-track.size % sector.RAW))


def write(disc: Disc, out: BinaryIO) -> None:
    """The image."""
    track = disc.project.tracks[0]
    head = license_sectors(tool.read_file(track.license), track.where + track.license) if track.license else empty_license()
    out.writelines(head)
    out.writelines(sector.form2(lba, b"", EMPTY_FORM2, track.form2_edc) for lba in range(LICENSE_SECTORS, iso9660.SYSTEM_AREA))
    system = iso9660.structure(disc.volume, disc.root, 0, disc.data_end)
    descriptors = 2 * iso9660.SECTOR
    for at in range(0, len(system), iso9660.SECTOR):
        end = sector.EOR | (sector.EOF if at else 0) if at < descriptors else 0
        out.write(sector.form1(iso9660.SYSTEM_AREA + at // iso9660.SECTOR, system[at:at + iso9660.SECTOR], sector.DATA | end))
    free = iso9660.SYSTEM_AREA + len(system) // iso9660.SECTOR
    for entry in _on_disc(disc.root):
        out.writelines(sector.form1(lba, b"", 0) for lba in range(free, entry.lba))
        free = entry.lba + iso9660.sectors_of(entry)
        if isinstance(entry, iso9660.Directory):
            data = iso9660.directory_data(entry, disc.volume)
            out.writelines(sector.form1(lba, data[(lba - entry.lba) * iso9660.SECTOR:][:iso9660.SECTOR]) for lba in range(entry.lba, free))
        else:
            _write_file(out, entry, track.form2_edc)
    out.writelines(sector.form1(lba, b"", 0) for lba in range(disc.files_end, disc.data_end))
    for audio in disc.audio:
        _write_audio(out, audio)


def cue(disc: Disc, image: str) -> str:
    """The cue sheet."""
    lines = ['FILE "%s" BINARY' % image, "  TRACK 01 MODE2/2352", "    INDEX 01 00:00:00"]
    for number, track in enumerate(disc.audio, 2):
        lines.append("  TRACK %02d AUDIO" % number)
        if track.pregap:
            lines.append("    INDEX 00 " + sector.msf(track.lba - track.pregap))
        lines.append("    INDEX 01 " + sector.msf(track.lba))
    return "\n".join(lines) + "\n"


def _places(directory: iso9660.Directory, prefix: str = "") -> List[Tuple[str, iso9660.File]]:
    out = []
    for entry in directory.entries:
        if isinstance(entry, iso9660.Directory):
            out += _places(entry, prefix + entry.name + "/")
        elif entry.name:
            out.append((prefix + entry.name, entry))
    return out


def lba_list(disc: Disc) -> str:
    """Every file's place: sector, time on the disc, size, name."""
    rows = ["%-8s %-9s %-10s %s" % ("LBA", "TIMECODE", "BYTES", "NAME")]
    rows += ["%-8d %-9s %-10d %s" % (f.lba, sector.msf(f.lba + 150), f.size, path) for path, f in _places(disc.root)]
    return "\n".join(rows) + "\n"


def lba_header(disc: Disc) -> str:
    """The same as C macros, LBA_SYSTEM_CNF for SYSTEM.CNF."""
    lines = ["#ifndef _ISO_FILES", "#define _ISO_FILES", ""]
    lines += ["#define %-20s %d" % ("LBA_" + re.sub(r"[^A-Z0-9]", "_", path), f.lba) for path, f in _places(disc.root)]
    return "\n".join(lines + ["", "#endif"]) + "\n"


def main(argv) -> None:
    cli = tool.parser("Makes a PlayStation disc image from the XML of a disc project.")
    cli.add_argument("xml")
    cli.add_argument("-o", "--output", help="the image (image_name of the XML)")
    cli.add_argument("-c", "--cuefile", help="the cue sheet (cue_sheet of the XML)")
    cli.add_argument("-lba", "--lba", metavar="FILE", help="writes a list of the files' sectors")
    cli.add_argument("-lbahead", "--lbahead", metavar="FILE", help="writes it as a C header")
    cli.add_argument("-noisogen", "--noisogen", action="store_true", help="writes lists only, no image")
    cli.add_argument("-nolimit", "--nolimit", action="store_true", help="allows more directories and entries than a console reads")
    cli.add_argument("-y", action="store_true", help="taken and not needed: an image is overwritten")
    cli.add_argument("-q", "--quiet", action="store_true", help="says nothing when all went well")
    cli.add_argument("--license", metavar="FILE", help="the user's licence file, instead of one that the XML names")
    cli.add_argument("--license-by-option", action="store_true", help="refuses an XML that names a licence file, unless --license does")
    args = cli.parse_args(argv)
    project = psxproject.read(args.xml)
    if args.license:
        project.tracks[0].license = args.license
    elif args.license_by_option and project.tracks[0].license:
        raise ToolError("%s<license> names a licence file: a recipe names it by PSX_LICENSE_FILE" % project.tracks[0].license_where)
    disc = plan(project, not args.nolimit)
    for path, text in ((args.lba, lba_list), (args.lbahead, lba_header)):
        if path:
            tool.write_file(path, text(disc).encode("ascii"))
    if args.noisogen:
        return
    image = args.output or project.image_name
    sheet = args.cuefile or (project.cue_sheet if not args.output else "")
    if disc.audio and not sheet:
        raise ToolError("%s: a disc with audio tracks needs a cue sheet (cue_sheet, or -c)" % args.xml)
    part = "%s.part%d" % (image, os.getpid())
    try:
        with open(part, "wb") as out:
            write(disc, out)
        os.replace(part, image)
    finally:
        if os.path.exists(part):
            os.unlink(part)
    if sheet:
        tool.write_file(sheet, cue(disc, os.path.basename(image)).encode("utf-8"))
    if not args.quiet:
        print("%s: %d sectors, %d files, %d audio tracks" % (image, disc.end, len(_places(disc.root)), len(disc.audio)))


if __name__ == "__main__":
    sys.exit(tool.run(main))
