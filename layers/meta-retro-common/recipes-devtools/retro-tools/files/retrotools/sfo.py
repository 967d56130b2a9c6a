# SPDX-License-Identifier: Apache-2.0
"""mksfoex: a PARAM.SFO, which tells the PSP's menu about a program.

    00  00 "PSF", 04 00000101
    08  offset of the names, 0C of the values, 10 count
    14  per entry: u16 name, u16 format (0204 text with NUL, 0404 number), u32 length, u32 room (a multiple of 4), u32 value
    then the names with NUL, in their order, and the values"""

import argparse
import struct
import sys
from typing import Dict, Union

from retrotools import tool
from retrotools.tool import ToolError

Value = Union[int, str]
TEXT, NUMBER = 0x0204, 0x0404
HOMEBREW: Dict[str, Value] = {"BOOTABLE": 1, "CATEGORY": "MG", "DISC_ID": "UCJS10041", "DISC_VERSION": "1.00", "PARENTAL_LEVEL": 1,
                              "PSP_SYSTEM_VER": "1.00", "REGION": 0x8000}
# The room that the menu expects for a text, whatever its length.
ROOM = {"TITLE": 128}


def pack(values: Dict[str, Value]) -> bytes:
    names, data, entries = b"", b"", b""
    for name in sorted(values):
        value = values[name]
        if isinstance(value, str):
            raw = value.encode("utf-8") + b"\0"
            room = max(ROOM.get(name, 0), len(raw) + -len(raw) % 4)
            if name in ROOM and room > ROOM[name]:
                raise ToolError("%s is longer than %d bytes" % (name, ROOM[name] - 1))
            kind = TEXT
        else:
            if not 0 <= value < 1 << 32:
                raise ToolError("%s=%d does not fit into 32 bits" % (name, value))
            raw, room, kind = struct.pack("<I", value), 4, NUMBER
        entries += struct.pack("<HHIII", len(names), kind, len(raw), room, len(data))
        names += name.encode("ascii") + b"\0"
        data += raw.ljust(room, b"\0")
    start = 20 + len(entries)
    names += bytes(-len(names) % 4)
    return b"\0PSF" + struct.pack("<IIII", 0x101, start, start + len(names), len(values)) + entries + names + data


def unpack(raw: bytes, name: str) -> Dict[str, Value]:
    if raw[:4] != b"\0PSF" or len(raw) < 20:
        raise ToolError("%s: is no PARAM.SFO" % name)
    names, data, count = struct.unpack_from("<III", raw, 8)
    out: Dict[str, Value] = {}
    for index in range(count):
        try:
            key_at, kind, length, room, at = struct.unpack_from("<HHIII", raw, 20 + index * 16)
            key = raw[names + key_at:raw.index(b"\0", names + key_at)].decode("ascii")
            if length > room or data + at + room > len(raw):
                raise ToolError("%s: %s does not fit into its room" % (name, key))
            value = raw[data + at:data + at + length]
            out[key] = value.rstrip(b"\0").decode("utf-8") if kind == TEXT else int.from_bytes(value, "little")
        except (struct.error, ValueError) as exc:
            raise ToolError("%s: entry %d is broken" % (name, index)) from exc
    return out


def pair(text: str):
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError("%r is not NAME=VALUE" % text)
    return name, value


def main(argv) -> None:
    cli = tool.parser("Makes a PARAM.SFO for a program on the memory stick.")
    cli.add_argument("title", help="what the menu shows; with --list the PARAM.SFO to be read")
    cli.add_argument("sfo", nargs="?")
    cli.add_argument("-d", dest="numbers", metavar="NAME=NUMBER", type=pair, action="append", default=[])
    cli.add_argument("-s", dest="texts", metavar="NAME=TEXT", type=pair, action="append", default=[])
    cli.add_argument("--list", action="store_true")
    args = cli.parse_args(argv)
    if args.list:
        for name, value in unpack(tool.read_file(args.title), args.title).items():
            print("%s=%s" % (name, value))
        return
    if not args.sfo:
        raise ToolError("give the name of the PARAM.SFO")
    values = dict(HOMEBREW, TITLE=args.title)
    values.update(args.texts)
    for name, value in args.numbers:
        try:
            values[name] = int(value, 0)
        except ValueError as exc:
            raise ToolError("-d %s=%s: is not a number" % (name, value)) from exc
    tool.write_file(args.sfo, pack(values))


if __name__ == "__main__":
    sys.exit(tool.run(main))
