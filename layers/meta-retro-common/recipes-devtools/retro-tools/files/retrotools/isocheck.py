# SPDX-License-Identifier: Apache-2.0
"""isocheck: whether a console can read a disc. ISO 9660 level 1, no Rock Ridge, no Joliet; in raw images every sector in its place
with the right EDC and parity; with --psx what the PlayStation's BIOS asks for: the system's name, SYSTEM.CNF and the program that it
names. Prints the files."""

import re
import struct
import sys
from typing import Callable, List

from retrotools import iso9660, sector, tool
from retrotools.tool import ToolError


def sectors_of(data: bytes, base: int, name: str) -> Callable[[int], bytes]:
    """A function from a sector's number to its 2048 bytes, for images of 2048, 2336 or 2352 bytes a sector."""
    at = base if data[:12] == sector.SYNC else 0
    for unit, skip in ((sector.RAW, 24), (sector.USER, 0), (sector.XA, 8)):
        if data[16 * unit + skip + 1:16 * unit + skip + 6] == b"CD001" and (unit == sector.RAW) == (data[:12] == sector.SYNC):
            break
    else:
        raise ToolError("%s: there is no ISO 9660 file system" % name)

    def read(lba: int) -> bytes:
        start = (lba - (base if not at else at)) * unit + skip
        if start < 0 or start + sector.USER > len(data):
            raise ToolError("%s: sector %d is not in the image, which begins with %d" % (name, lba, base))
        return data[start:start + sector.USER]
    return read


def contents(entry: iso9660.Entry, read: Callable[[int], bytes]) -> bytes:
    count = -(-entry.size // iso9660.SECTOR)
    return b"".join(read(entry.lba + i) for i in range(count))[:entry.size]


def find(entries: List[iso9660.Entry], path: str) -> iso9660.Entry:
    for entry in entries:
        if entry.path.split(";")[0].rstrip(".") == path.split(";")[0].rstrip("."):
            return entry
    raise ToolError("there is no %s on the disc" % path)


def check_psx(read: Callable[[int], bytes], entries: List[iso9660.Entry], name: str) -> None:
    pvd = read(16)
    if pvd[8:40].rstrip() != b"PLAYSTATION":
        raise ToolError("%s: the system identifier is %r, not PLAYSTATION" % (name, pvd[8:40].rstrip().decode("ascii", "replace")))
    try:
        config = contents(find(entries, "SYSTEM.CNF"), read).decode("ascii", "replace")
        boot = re.search(r"^BOOT\s*=\s*cdrom:\\?([^\s;]+)", config, re.M)
        if not boot:
            raise ToolError("SYSTEM.CNF has no line BOOT = cdrom:\\...")
        program = find(entries, boot[1].replace("\\", "/"))
        head = read(program.lba)
        if head[:8] != b"PS-X EXE":
            raise ToolError("%s is no PS-X EXE" % program.path)
        size = struct.unpack_from("<I", head, 0x1C)[0]
        if size + 2048 > program.size:
            raise ToolError("%s says %d bytes, the directory %d" % (program.path, size + 2048, program.size))
    except ToolError as exc:
        raise ToolError("%s: %s" % (name, exc)) from exc


def main(argv) -> None:
    cli = tool.parser("Checks that a console can read a disc image, and lists its files.")
    cli.add_argument("image", help="ISO, or BIN of one data track")
    cli.add_argument("--base", type=tool.number, default=0, help="the sector that the image begins with (45000 for a GD-ROM's track 3)")
    cli.add_argument("--psx", action="store_true", help="it must be a PlayStation's disc")
    args = cli.parse_args(argv)
    data = tool.read_file(args.image)
    read = sectors_of(data, args.base, args.image)
    entries = iso9660.check_plain(read, args.base, args.image)
    if data[:12] == sector.SYNC:
        total = struct.unpack_from("<I", read(args.base + 16), 80)[0]
        for lba in range(total - args.base if total > args.base else total):
            sector.check(data[lba * sector.RAW:(lba + 1) * sector.RAW], args.base + lba, args.image)
    if args.psx:
        check_psx(read, entries, args.image)
    for entry in sorted(entries[1:], key=lambda e: e.lba):
        print("%8d %10d /%s" % (entry.lba, entry.size, entry.path))


if __name__ == "__main__":
    sys.exit(tool.run(main))
