# SPDX-License-Identifier: Apache-2.0
"""ISO 9660, level 1, as game consoles read it: names of 8.3 with a version, no Rock Ridge, no Joliet.

Sectors from the base of the track: 0-15 the system area, 16 the primary volume descriptor, 17 the terminator, then two copies of
the path table in little and two in big endian, then directories and files in the order of the tree, a directory before what it
holds. With xa every directory record ends in 14 bytes of CD-ROM XA, and the descriptor has CD-XA001 at 400 (hex)."""

import datetime
import os
import re
import struct
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, List, Optional, Tuple, Union

from retrotools.tool import ToolError

SECTOR = 2048
SYSTEM_AREA = 16
FILE_ATTRIBUTES, XA_ATTRIBUTES, CDDA_ATTRIBUTES, DIRECTORY_ATTRIBUTES = 0x0D55, 0x3D55, 0x4555, 0x8D55
_NAME = re.compile(r"[A-Z0-9_]{1,8}(\.[A-Z0-9_]{0,3})?$")
_DIRECTORY = re.compile(r"[A-Z0-9_]{1,8}$")


@dataclass(frozen=True)
class Stamp:
    """A time as clocks there show it, and how many quarters of an hour these are ahead of UTC."""
    when: datetime.datetime
    quarters: int = 0

    def short(self) -> bytes:
        t = self.when
        return struct.pack("6Bb", t.year - 1900, t.month, t.day, t.hour, t.minute, t.second, self.quarters)

    def long(self) -> bytes:
        t = self.when
        return b"%04d%02d%02d%02d%02d%02d%02d" % (t.year, t.month, t.day, t.hour, t.minute, t.second, t.microsecond // 10000) + struct.pack("b", self.quarters)


UNSPECIFIED = b"0" * 16 + b"\0"


@dataclass
class File:
    """A file, or with an empty name sectors that no directory names. lba is laid out unless it was given (an audio track); forced is
    where it is to lie, 0 for anywhere."""
    name: str
    sectors: int
    size: int
    source: Any = None
    attributes: int = FILE_ATTRIBUTES
    number: int = 0
    gid: int = 0
    uid: int = 0
    lba: int = -1
    forced: int = 0
    time: Optional[Stamp] = None  # the volume's
    hidden: bool = False
    where: str = ""


@dataclass
class Directory:
    name: str = ""
    entries: List[Union["Directory", File]] = field(default_factory=list)
    attributes: int = DIRECTORY_ATTRIBUTES
    gid: int = 0
    uid: int = 0
    lba: int = -1
    forced: int = 0
    time: Optional[Stamp] = None
    hidden: bool = False
    size: int = SECTOR
    parent: Optional["Directory"] = None
    where: str = ""


@dataclass
class Volume:
    """What the descriptor says."""
    system: str = ""
    application: str = ""
    volume: str = ""
    volume_set: str = ""
    publisher: str = ""
    preparer: str = ""
    copyright: str = ""
    xa: bool = False
    time: Optional[Stamp] = None  # now()
    modified: Optional[Stamp] = None  # unspecified


def now(quarters: int = 0) -> Stamp:
    """The time of everything that is written, unless it has its own: SOURCE_DATE_EPOCH, or the first day of 2024."""
    utc = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "1704067200")), datetime.timezone.utc)
    return Stamp(utc.replace(tzinfo=None) + datetime.timedelta(minutes=15 * quarters), quarters)


def _check_names(directory: Directory) -> None:
    seen = {}
    for entry in directory.entries:
        if not entry.name:
            continue
        pattern = _DIRECTORY if isinstance(entry, Directory) else _NAME
        if not pattern.match(entry.name):
            raise ToolError("%s%r is no name of ISO 9660 level 1: 8 characters%s of A-Z, 0-9 and _"
                            % (entry.where, entry.name, "" if isinstance(entry, Directory) else " and 3 after a dot"))
        if entry.name in seen:
            raise ToolError("%s%s is twice in its directory; %sit is there for the first time" % (entry.where, entry.name, seen[entry.name]))
        seen[entry.name] = entry.where


def identifier(entry: Union[Directory, File]) -> bytes:
    if isinstance(entry, Directory):
        return entry.name.encode("ascii")
    return (entry.name + ("" if "." in entry.name else ".") + ";1").encode("ascii")


def record_size(name: bytes, xa: bool) -> int:
    return 33 + len(name) + (1 - len(name) % 2) + (14 if xa else 0)


def directories(root: Directory) -> List[Directory]:
    """All directories, breadth first, as the path table has them."""
    out, at = [root], 0
    while at < len(out):
        for entry in sorted((e for e in out[at].entries if isinstance(e, Directory)), key=lambda e: e.name):
            entry.parent = out[at]
            out.append(entry)
        at += 1
    return out


def _directory_size(directory: Directory, xa: bool) -> int:
    at = 2 * record_size(b"\0", xa)
    for entry in directory.entries:
        if entry.name:
            size = record_size(identifier(entry), xa)
            if at // SECTOR != (at + size - 1) // SECTOR:
                at += -at % SECTOR
            at += size
    return at + -at % SECTOR


def _path_table(root: Directory, order: str) -> bytes:
    out, places = b"", {}
    for index, directory in enumerate(directories(root)):
        places[id(directory)] = index + 1
        name = directory.name.encode("ascii") or b"\0"
        parent = places[id(directory.parent)] if directory.parent else 1
        out += struct.pack(order + "BBIH", len(name), 0, directory.lba, parent) + name + bytes(len(name) % 2)
    return out


def table_sectors(root: Directory) -> int:
    # Sizes do not depend on the places that are not laid out yet.
    size = sum(8 + max(1, len(x.name)) + max(1, len(x.name)) % 2 for x in directories(root))
    return -(-size // SECTOR)


def in_order(directory: Directory) -> Iterator[Union[Directory, File]]:
    """A directory and all below it, in the order of the tree, which is the order of the disc."""
    yield directory
    for entry in directory.entries:
        if isinstance(entry, Directory):
            yield from in_order(entry)
        else:
            yield entry


def files(directory: Directory) -> Iterator[File]:
    return (entry for entry in in_order(directory) if isinstance(entry, File))


def sectors_of(entry: Union[Directory, File]) -> int:
    return entry.size // SECTOR if isinstance(entry, Directory) else entry.sectors


def lay_out(root: Directory, base: int, xa: bool) -> int:
    """Gives every directory and file its place; the first sector that nothing lies behind. What is forced to a place leaves its own
    free, so that others lie where they would without."""
    for directory in directories(root):
        _check_names(directory)
        directory.size = _directory_size(directory, xa)
    lba = end = base + SYSTEM_AREA + 2 + 4 * table_sectors(root)
    for entry in in_order(root):
        if entry.lba >= 0 and isinstance(entry, File):
            continue
        entry.lba = entry.forced or lba
        lba += sectors_of(entry)
        end = max(end, entry.lba + sectors_of(entry))
    return end


def _both(value: int, kind: str) -> bytes:
    return struct.pack("<" + kind, value) + struct.pack(">" + kind, value)


def record(entry: Union[Directory, File], name: bytes, volume: Volume) -> bytes:
    """A directory record."""
    size = record_size(name, volume.xa)
    flags = (2 if isinstance(entry, Directory) else 0) | (1 if entry.hidden else 0)
    out = struct.pack("<BB", size, 0) + _both(entry.lba, "I") + _both(entry.size, "I") + (entry.time or volume.time or now()).short()
    out += struct.pack("<BBB", flags, 0, 0) + _both(1, "H") + struct.pack("<B", len(name)) + name + bytes(1 - len(name) % 2)
    if volume.xa:
        number = 0 if isinstance(entry, Directory) else entry.number
        out += struct.pack(">HHH2sB5x", entry.gid, entry.uid, entry.attributes, b"XA", number)
    return out


def directory_data(directory: Directory, volume: Volume) -> bytes:
    """The directory's records, in whole sectors."""
    out = record(directory, b"\0", volume) + record(directory.parent or directory, b"\1", volume)
    named = sorted((e for e in directory.entries if e.name), key=identifier)
    for entry in named:
        raw = record(entry, identifier(entry), volume)
        if len(out) // SECTOR != (len(out) + len(raw) - 1) // SECTOR:
            out += bytes(-len(out) % SECTOR)
        out += raw
    return out.ljust(directory.size, b"\0")


def _text(value: str, size: int, what: str) -> bytes:
    try:
        raw = value.encode("ascii")
    except UnicodeEncodeError as exc:
        raise ToolError("the %s identifier %r has characters other than ASCII" % (what, value)) from exc
    if len(raw) > size:
        raise ToolError("the %s identifier %r is longer than %d characters" % (what, value, size))
    return raw.ljust(size)


def descriptor(volume: Volume, root: Directory, base: int, total: int) -> bytes:
    """The primary volume descriptor."""
    tables = base + SYSTEM_AREA + 2
    count = table_sectors(root)
    out = bytearray(SECTOR)
    out[0:7] = b"\x01CD001\x01"
    out[8:40] = _text(volume.system, 32, "system")
    out[40:72] = _text(volume.volume, 32, "volume")
    out[80:88] = _both(total, "I")
    out[120:124] = _both(1, "H")
    out[124:128] = _both(1, "H")
    out[128:132] = _both(SECTOR, "H")
    out[132:140] = _both(len(_path_table(root, "<")), "I")
    struct.pack_into("<II", out, 140, tables, tables + count)
    struct.pack_into(">II", out, 148, tables + 2 * count, tables + 3 * count)
    out[156:190] = record(root, b"\0", Volume(time=volume.time))
    out[190:318] = _text(volume.volume_set, 128, "volume set")
    out[318:446] = _text(volume.publisher, 128, "publisher")
    out[446:574] = _text(volume.preparer, 128, "data preparer")
    out[574:702] = _text(volume.application, 128, "application")
    out[702:739] = _text(volume.copyright, 37, "copyright")
    out[739:813] = b" " * 74
    out[813:881] = (volume.time or now()).long() + (volume.modified.long() if volume.modified else UNSPECIFIED) + 2 * UNSPECIFIED
    out[881] = 1
    if volume.xa:
        out[1024:1032] = b"CD-XA001"
    return bytes(out)


def structure(volume: Volume, root: Directory, base: int, total: int) -> bytes:
    """Sectors base+16 up to the first directory, of a tree that is laid out: descriptors and path tables."""
    out = descriptor(volume, root, base, total) + b"\xffCD001\x01".ljust(SECTOR, b"\0")
    for order in "<<>>":
        table = _path_table(root, order)
        out += table + bytes(-len(table) % SECTOR)
    return out


def tree_data(root: Directory, volume: Volume) -> bytes:
    """All directories and files of a tree, whose sources are their bytes, as they lie one after the other."""
    return b"".join(directory_data(entry, volume) if isinstance(entry, Directory) else entry.source.ljust(entry.sectors * SECTOR, b"\0")
                    for entry in in_order(root))


@dataclass
class Entry:
    """What a directory record on a disc says."""
    path: str
    lba: int
    size: int
    directory: bool
    rest: bytes  # what stands after the name: XA or Rock Ridge


def read(sector: Callable[[int], bytes], base: int, name: str) -> Tuple[bytes, List[Entry]]:
    """(the primary descriptor, all entries) of a disc whose sectors of 2048 bytes a function gives."""
    pvd = sector(base + SYSTEM_AREA)
    if pvd[1:6] != b"CD001":
        raise ToolError("%s: there is no ISO 9660 file system" % name)
    out: List[Entry] = []
    lba, size = struct.unpack_from("<I4xI", pvd, 158)
    pending = [("", lba, size)]
    while pending:
        prefix, lba, size = pending.pop(0)
        for index in range(-(-size // SECTOR)):
            data, at = sector(lba + index), 0
            while at < SECTOR and data[at]:
                raw = data[at:at + data[at]]
                ident = raw[33:33 + raw[32]]
                entry = Entry(prefix + ident.decode("ascii", "replace"), *struct.unpack_from("<I4xI", raw, 2), bool(raw[25] & 2),
                              raw[33 + raw[32] + (1 - raw[32] % 2):])
                at += len(raw)
                if ident not in (b"\0", b"\1"):
                    out.append(entry)
                    if entry.directory:
                        pending.append((entry.path + "/", entry.lba, entry.size))
                elif ident == b"\0" and not prefix:
                    out.insert(0, Entry("", entry.lba, entry.size, True, entry.rest))
    return pvd, out


def check_plain(sector: Callable[[int], bytes], base: int, name: str) -> List[Entry]:
    """The entries of a disc that a console can read; errors for Rock Ridge, Joliet and long names."""
    _, entries = read(sector, base, name)
    for index in range(1, 8):
        extra = sector(base + SYSTEM_AREA + index)
        if extra[:1] == b"\xff" or extra[1:6] != b"CD001":
            break
        if extra[:1] == b"\x02":
            raise ToolError("%s: has a Joliet descriptor, which consoles do not read; make it without (-J)" % name)
    for entry in entries:
        if entry.rest and entry.rest[6:8] != b"XA":
            kind = "Rock Ridge records" if re.match(rb"[A-Z]{2}.\x01", entry.rest, re.S) else "records that are neither XA nor nothing"
            raise ToolError("%s: /%s has %s, which consoles take for a broken directory; make it without (--norock)" % (name, entry.path, kind))
        last = entry.path.rsplit("/", 1)[-1]
        if last and not re.match(r"[A-Z0-9_]{1,8}$" if entry.directory else r"[A-Z0-9_]{1,8}\.[A-Z0-9_]{0,3};1$", last):
            raise ToolError("%s: /%s is no name of ISO 9660 level 1" % (name, entry.path))
    return entries
