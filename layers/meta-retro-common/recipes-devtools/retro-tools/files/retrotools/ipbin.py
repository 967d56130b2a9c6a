# SPDX-License-Identifier: Apache-2.0
"""makeip: an IP.BIN, the first 16 sectors of a Dreamcast disc, from a text file or from options.

    000  hardware "SEGA SEGAKATANA " 010 maker "SEGA ENTERPRISES" (what the console asks for, functional identifiers)
    020  CRC of 040..04F as 4 hex digits, 025 device "CD-ROM1/1", 030 area symbols 8, 038 peripherals 8
    040  product number 10, 04A version 6, 050 date YYYYMMDD 16, 060 boot file 16, 070 company 16, 080 title 128; padded with blanks
    300  entry: the console jumps here; 3800 bootstrap 1 (8C00B800), 6000 bootstrap 2

The CRC is CRC-16/CCITT-FALSE. A real console compares 300..36FF and the area symbols with its own copy, which is Sega's: none of it is
here. Without the user's template both entries have this file's own few instructions, which jump to the program; emulators that load
by themselves and open boot ROMs take that. The text file has the lines that makeip's users have, `Game Title    : ORBIT`."""

import difflib
import struct
import sys
from typing import Dict, Optional

from retrotools import tool
from retrotools.tool import ToolError

SIZE = 32768
PROGRAM = 0x8C010000
ENTRY, BOOTSTRAP = 0x300, 0x3800
# key of the text file: (offset, size, default)
FIELDS = {
    "Hardware ID": (0x00, 16, "SEGA SEGAKATANA"),
    "Maker ID": (0x10, 16, "SEGA ENTERPRISES"),
    "Device Info": (0x25, 11, "CD-ROM1/1"),
    "Area Symbols": (0x30, 8, "JUE"),
    "Peripherals": (0x38, 8, "E000F10"),
    "Product No": (0x40, 10, "T0000"),
    "Version": (0x4A, 6, "V1.000"),
    "Release Date": (0x50, 16, "20240101"),
    "Boot Filename": (0x60, 16, "1ST_READ.BIN"),
    "SW Maker Name": (0x70, 16, ""),
    "Game Title": (0x80, 128, ""),
}


def crc(data: bytes) -> int:
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return value


def parse(text: str, name: str) -> Dict[str, str]:
    out: Dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon or key not in FIELDS:
            close = difflib.get_close_matches(key, FIELDS, 1)
            raise ToolError("%s:%d: %r is no field%s" % (name, number, key, "; did you mean %s?" % close[0] if close else ""))
        if len(value.strip()) > FIELDS[key][1]:
            raise ToolError("%s:%d: %s is longer than %d characters" % (name, number, key, FIELDS[key][1]))
        out[key] = value.strip()
    return out


def jump(target: int) -> bytes:
    """mov.l target, r0; jmp @r0; nop; nop; target"""
    return struct.pack("<HHHHI", 0xD001, 0x402B, 0x0009, 0x0009, target)


def build(fields: Dict[str, str], template: Optional[bytes] = None) -> bytes:
    out = bytearray(template or bytes(SIZE))
    if template is None:
        out[0:0x100] = b" " * 0x100
        for at, target in ((ENTRY, 0x8C008000 + BOOTSTRAP), (BOOTSTRAP, PROGRAM)):
            code = jump(target)
            out[at:at + len(code)] = code
    for key, (at, size, default) in FIELDS.items():
        out[at:at + size] = tool.ascii_field(fields.get(key, default), size, key, b" ")
    if not fields.get("Boot Filename", "1ST_READ.BIN"):
        raise ToolError("Boot Filename is empty")
    out[0x20:0x25] = b"%04X " % crc(out[0x40:0x50])
    return bytes(out)


def boot_file(data: bytes) -> str:
    return data[0x60:0x70].rstrip().decode("ascii", "replace")


def verify(data: bytes, name: str) -> None:
    if len(data) != SIZE:
        raise ToolError("%s: an IP.BIN has %d bytes, not %d" % (name, SIZE, len(data)))
    if data[:15] != b"SEGA SEGAKATANA":
        raise ToolError("%s: begins with %r, not with SEGA SEGAKATANA" % (name, data[:15].decode("ascii", "replace")))
    expected = b"%04X" % crc(data[0x40:0x50])
    if data[0x20:0x24].upper() != expected:
        raise ToolError("%s: the CRC is %s, not %s" % (name, data[0x20:0x24].decode("ascii", "replace"), expected.decode()))
    if not boot_file(data):
        raise ToolError("%s: names no boot file" % name)


def main(argv) -> None:
    cli = tool.parser("Makes an IP.BIN.")
    cli.add_argument("files", nargs="+", metavar="[IP.TXT] IP.BIN")
    cli.add_argument("--template", metavar="FILE", help="the user's own 32768 bytes to begin with; none are shipped here")
    cli.add_argument("-g", "--title", help="game title")
    cli.add_argument("-c", "--company", help="software maker")
    cli.add_argument("-d", "--date", help="release date, YYYYMMDD")
    cli.add_argument("-b", "--boot", help="boot file")
    cli.add_argument("-p", "--product", help="product number")
    cli.add_argument("-V", "--version", help="version, V1.000")
    cli.add_argument("-a", "--areas", help="area symbols, of J, U and E")
    cli.add_argument("-D", "--device", help="CD-ROM1/1 or GD-ROM1/1")
    cli.add_argument("--check", action="store_true", help="changes nothing, fails unless the IP.BIN is right")
    args = cli.parse_args(argv)
    if args.check:
        verify(tool.read_file(args.files[0]), args.files[0])
        return
    if len(args.files) > 2:
        raise ToolError("give a text file and the IP.BIN, or the IP.BIN alone")
    fields = parse(tool.read_file(args.files[0]).decode("utf-8", "replace"), args.files[0]) if len(args.files) == 2 else {}
    for key, value in (("Game Title", args.title), ("SW Maker Name", args.company), ("Release Date", args.date), ("Boot Filename", args.boot),
                       ("Product No", args.product), ("Version", args.version), ("Area Symbols", args.areas), ("Device Info", args.device)):
        if value is not None:
            fields[key] = value
    data = build(fields, tool.user_file(args.template, SIZE, "a template of an IP.BIN"))
    verify(data, args.files[-1])
    tool.write_file(args.files[-1], data)


if __name__ == "__main__":
    sys.exit(tool.run(main))
