# SPDX-License-Identifier: Apache-2.0
"""A Dreamcast disc's data track, whose first 16 sectors are an IP.BIN, and mkgdi, which makes a GD-ROM's tracks of it.

    track 1  0      data, a file system that says what the disc is
    track 2  450    silence
    track 3  45000  IP.BIN and the program, in the order that the console reads them

The .gdi is text: the number of tracks, then `number first-sector type(4 data, 0 audio) sector-size file offset` for each."""

import os
import sys
from typing import Dict, List, Tuple

from retrotools import iso9660, ipbin, tool
from retrotools.tool import ToolError

TRACK_2, TRACK_3 = 450, 45000
GD_SECTORS = 549150  # the high-density area ends here
MINIMUM_AUDIO = 302


def folder(path: str) -> List:
    """The files below a folder, for a file system."""
    out = []
    for name in sorted(os.listdir(path)):
        whole = os.path.join(path, name)
        if os.path.isdir(whole):
            out.append(iso9660.Directory(name.upper(), folder(whole), where=whole + ": "))
        else:
            out.append(plain_file(name.upper(), tool.read_file(whole), whole + ": "))
    return out


def plain_file(name: str, data: bytes, where: str = "") -> iso9660.File:
    return iso9660.File(name, max(1, -(-len(data) // iso9660.SECTOR)), len(data), data, where=where)


def track(ip: bytes, entries: List, base: int, label: str) -> bytes:
    """The sectors of a data track that begins with sector base."""
    root = iso9660.Directory("", entries)
    end = iso9660.lay_out(root, base, False)
    volume = iso9660.Volume("", "", label, "", "", "", "", False)
    body = ip.ljust(iso9660.SYSTEM_AREA * iso9660.SECTOR, b"\0") + iso9660.structure(volume, root, base, end - base)
    return body + iso9660.tree_data(root, volume)


def boot_entries(ip: bytes, ip_name: str, program: bytes, data: str) -> List:
    """The root directory of a disc: the boot file under the name that IP.BIN has, and the user's files."""
    ipbin.verify(ip, ip_name)
    name = ipbin.boot_file(ip)
    if not program:
        raise ToolError("%s: the boot file is empty" % name)
    entries = [plain_file(name, program, ip_name + ": ")]
    return entries + (folder(data) if data else [])


def label_of(ip: bytes) -> str:
    """A volume identifier from the title in IP.BIN."""
    text = ip[0x80:0x100].decode("ascii", "replace").strip().upper()
    return "".join(c if c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_" else "_" for c in text)[:32] or "DREAMCAST"


def gdi(ip: bytes, ip_name: str, program: bytes, data: str, stem: str) -> Dict[str, bytes]:
    """The files of a GD-ROM, by the endings after its name."""
    about = plain_file("README.TXT", b"The program is in the disc's third track.\r\n")
    first = track(b"", [about], 0, label_of(ip))
    first = first.ljust(300 * iso9660.SECTOR, b"\0")
    third = track(ip, boot_entries(ip, ip_name, program, data), TRACK_3, label_of(ip))
    # MAME and drives read ahead; a short last track would end under them.
    third = third.ljust(max(len(third), MINIMUM_AUDIO * iso9660.SECTOR), b"\0")
    if TRACK_3 + len(third) // iso9660.SECTOR > GD_SECTORS:
        raise ToolError("the files need %d sectors, a GD-ROM has %d" % (len(third) // iso9660.SECTOR, GD_SECTORS - TRACK_3))
    name = os.path.basename(stem)
    rows = [(1, 0, 4, 2048, "track01.iso"), (2, TRACK_2, 0, 2352, "track02.raw"), (3, TRACK_3, 4, 2048, "track03.iso")]
    text = "%d\n" % len(rows) + "".join("%d %d %d %d %s.%s 0\n" % (n, lba, kind, size, name, ending) for n, lba, kind, size, ending in rows)
    return {"gdi": text.encode("ascii"), "track01.iso": first, "track02.raw": bytes(MINIMUM_AUDIO * 2352), "track03.iso": third}


def parse_gdi(text: str, name: str) -> List[Tuple[int, int, int, str]]:
    """(first sector, type, sector size, file) of every track."""
    lines = text.split("\n")
    out: List[Tuple[int, int, int, str]] = []
    try:
        for number in range(1, int(lines[0]) + 1):
            words = lines[number].split()
            if int(words[0]) != number or len(words) != 6 or words[2] not in ("0", "4"):
                raise ValueError
            out.append((int(words[1]), int(words[2]), int(words[3]), words[4]))
    except (ValueError, IndexError) as exc:
        raise ToolError("%s:%d: is no track's line" % (name, len(out) + 2 if lines[0].strip().isdigit() else 1)) from exc
    return out


def main(argv) -> None:
    cli = tool.parser("Makes a GD-ROM image: NAME.gdi, NAME.track01.iso, NAME.track02.raw and NAME.track03.iso.")
    cli.add_argument("--ip", required=True, help="the IP.BIN")
    cli.add_argument("--boot", required=True, help="the program, not scrambled")
    cli.add_argument("--data", default="", metavar="FOLDER", help="more files for the root directory")
    cli.add_argument("-o", "--output", required=True, metavar="NAME")
    args = cli.parse_args(argv)
    for ending, content in gdi(tool.read_file(args.ip), args.ip, tool.read_file(args.boot), args.data, args.output).items():
        tool.write_file("%s.%s" % (args.output, ending), content)


if __name__ == "__main__":
    sys.exit(tool.run(main))
