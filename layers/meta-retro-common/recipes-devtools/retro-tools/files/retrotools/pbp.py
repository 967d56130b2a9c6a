# SPDX-License-Identifier: Apache-2.0
"""pack-pbp: an EBOOT.PBP, which the PSP's menu starts.

    00  00 "PBP", 04 00010000
    08  offsets of PARAM.SFO ICON0.PNG ICON1.PMF PIC0.PNG PIC1.PNG SND0.AT3 DATA.PSP DATA.PSAR; the first is 28 (hex)

A part ends where the next begins, and is absent when it has no bytes. DATA.PSP is at a multiple of 16: the system moves a program
that is not, and some loaders refuse it. The bytes between belong to the part before."""

import os
import struct
import sys
from typing import Dict, List

from retrotools import prx, sfo, tool
from retrotools.tool import ToolError

PARTS = ("PARAM.SFO", "ICON0.PNG", "ICON1.PMF", "PIC0.PNG", "PIC1.PNG", "SND0.AT3", "DATA.PSP", "DATA.PSAR")
PICTURES = {"ICON0.PNG": (144, 80), "PIC1.PNG": (480, 272)}
ALIGNMENT = 16


def check_part(part: str, data: bytes, name: str) -> None:
    """A part that the menu would show or start."""
    if part in PICTURES:
        if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
            raise ToolError("%s: is no PNG" % name)
        size = struct.unpack_from(">II", data, 16)
        if size != PICTURES[part]:
            raise ToolError("%s: has %dx%d pixels; %s has %dx%d" % ((name,) + size + (part,) + PICTURES[part]))
    elif part == "PARAM.SFO":
        sfo.unpack(data, name)


def pack(parts: Dict[str, bytes]) -> bytes:
    for needed in ("PARAM.SFO", "DATA.PSP"):
        if not parts.get(needed):
            raise ToolError("there is no %s" % needed)
    body, offsets = b"", []
    before = [p for p in PARTS[:PARTS.index("DATA.PSP")] if parts.get(p)]
    for part in PARTS:
        offsets.append(0x28 + len(body))
        body += parts.get(part, b"")
        if part == before[-1]:
            body += bytes(-(0x28 + len(body)) % ALIGNMENT)
    return b"\0PBP" + struct.pack("<9I", 0x10000, *offsets) + body


def unpack(data: bytes, name: str) -> Dict[str, bytes]:
    """The parts of a PBP that are there."""
    if data[:4] != b"\0PBP" or len(data) < 0x28:
        raise ToolError("%s: is no PBP" % name)
    offsets: List[int] = list(struct.unpack_from("<8I", data, 8)) + [len(data)]
    if offsets[0] != 0x28 or offsets != sorted(offsets):
        raise ToolError("%s: the offsets %s do not rise from 28 to the file's end" % (name, " ".join("%x" % o for o in offsets)))
    return {part: data[start:end] for part, start, end in zip(PARTS, offsets, offsets[1:]) if end > start}


def verify(data: bytes, name: str) -> None:
    """A PBP that every loader takes."""
    parts = unpack(data, name)
    for needed in ("PARAM.SFO", "DATA.PSP"):
        if needed not in parts:
            raise ToolError("%s: there is no %s in it" % (name, needed))
    start = struct.unpack_from("<I", data, 8 + 4 * PARTS.index("DATA.PSP"))[0]
    if start % ALIGNMENT:
        raise ToolError("%s: DATA.PSP is at %x, which is no multiple of %d" % (name, start, ALIGNMENT))
    for part, content in parts.items():
        check_part(part, content, "%s: %s" % (name, part))
    if parts["DATA.PSP"][:4] == b"\x7fELF":
        prx.verify(parts["DATA.PSP"], "%s: DATA.PSP" % name)


def main(argv) -> None:
    cli = tool.parser("Packs an EBOOT.PBP; a part that is not there is NULL.")
    cli.add_argument("pbp")
    cli.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS))
    cli.add_argument("--check", action="store_true", help="changes nothing, fails unless the PBP is right")
    cli.add_argument("--extract", metavar="FOLDER", help="writes the parts into a folder")
    args = cli.parse_args(argv)
    if args.check:
        verify(tool.read_file(args.pbp), args.pbp)
    elif args.extract:
        for part, data in unpack(tool.read_file(args.pbp), args.pbp).items():
            tool.write_file(os.path.join(args.extract, part), data)
    else:
        if len(args.parts) != len(PARTS):
            raise ToolError("%d parts are given, not %d: %s" % (len(args.parts), len(PARTS), " ".join(PARTS)))
        parts = {}
        for part, path in zip(PARTS, args.parts):
            if path != "NULL":
                parts[part] = tool.read_file(path)
                check_part(part, parts[part], path)
        data = pack(parts)
        verify(data, args.pbp)
        tool.write_file(args.pbp, data)


if __name__ == "__main__":
    sys.exit(tool.run(main))
