# SPDX-License-Identifier: Apache-2.0
"""gbfix: the header of a Game Boy cartridge.

    100  00 C3 lo hi: nop, jump to the code
    104  logo, 48 bytes: zero unless the user gives the file (it is Nintendo's; only a console's boot ROM asks for it)
    134  title 16; 143 is 80 (also Game Boy Color) or C0 (Color only), the title has 15 then
    144  new licensee 2, 146 Super Game Boy 03, 147 kind of cartridge, 148 ROM 32K << n, 149 RAM, 14A destination, 14B 33
    14C  version
    14D  x = 0; for 134..14C x = x - byte - 1
    14E  sum of all other bytes, big-endian"""

import sys
from typing import NamedTuple, Optional

from retrotools import tool
from retrotools.tool import ToolError

HEADER_END = 0x150
LOGO_SIZE = 48
COLOR = {"no": None, "also": 0x80, "only": 0xC0}


class Header(NamedTuple):
    """What a header says; None leaves what the ROM has."""
    title: Optional[str] = None
    color: Optional[int] = None
    super_gb: bool = False
    licensee: Optional[str] = None
    cartridge: Optional[int] = None
    ram: Optional[int] = None
    version: Optional[int] = None
    logo: Optional[bytes] = None


def header_checksum(rom: bytes) -> int:
    x = 0
    for byte in rom[0x134:0x14D]:
        x = (x - byte - 1) & 0xFF
    return x


def global_checksum(rom: bytes) -> int:
    return (sum(rom) - rom[0x14E] - rom[0x14F]) & 0xFFFF


def check(rom: bytes, name: str) -> None:
    if len(rom) < HEADER_END:
        raise ToolError("%s: %d bytes are no Game Boy ROM: the header ends at %d" % (name, len(rom), HEADER_END))
    if len(rom) > 8 * 1024 * 1024:
        raise ToolError("%s: %d bytes are more than the 8 MiB of a cartridge" % (name, len(rom)))
    if rom[0x101] != 0xC3 and rom[0x100] not in (0xC3, 0x18):
        raise ToolError("%s: there is no jump to the code at 100" % name)


def verify(rom: bytes, name: str) -> None:
    check(rom, name)
    if len(rom) != 0x8000 << min(rom[0x148], 8):
        raise ToolError("%s: the header says %d KiB, the file has %d bytes" % (name, 32 << min(rom[0x148], 8), len(rom)))
    if rom[0x14D] != header_checksum(rom):
        raise ToolError("%s: the header's checksum is %02x, not %02x" % (name, rom[0x14D], header_checksum(rom)))
    total = rom[0x14E] << 8 | rom[0x14F]
    if total != global_checksum(rom):
        raise ToolError("%s: the ROM's checksum is %04x, not %04x" % (name, total, global_checksum(rom)))


def _byte(value: Optional[int], what: str) -> Optional[int]:
    if value is not None and not 0 <= value <= 255:
        raise ToolError("%s %d is not in 0..255" % (what, value))
    return value


def fix(rom: bytes, name: str, header: Header = Header(), pad: int = 0xFF) -> bytes:
    """The ROM, filled up to a size that a cartridge has, with a header that is right."""
    check(rom, name)
    out = bytearray(rom)
    size = max(0x8000, 1 << (len(out) - 1).bit_length())
    out += bytes([_byte(pad, "pad value")]) * (size - len(out))
    out[0x104:0x134] = header.logo or bytes(LOGO_SIZE)
    if header.title is not None:
        length = 16 if header.color is None else 15
        out[0x134:0x144] = tool.ascii_field(header.title, length, "title").ljust(16, b"\0")
    if header.color is not None:
        out[0x143] = header.color
    if header.licensee is not None:
        out[0x144:0x146] = tool.ascii_field(header.licensee, 2, "licensee")
    if header.super_gb:
        out[0x146] = 0x03
    # The console asks for the Super Game Boy's functions only where the old licensee says "see the new one".
    out[0x14B] = 0x33
    out[0x148] = (size // 0x8000).bit_length() - 1
    for at, value, what in ((0x147, header.cartridge, "kind of cartridge"), (0x149, header.ram, "RAM size"),
                            (0x14C, header.version, "version")):
        if _byte(value, what) is not None:
            out[at] = value
    out[0x14D] = header_checksum(out)
    out[0x14E:0x150] = global_checksum(out).to_bytes(2, "big")
    return bytes(out)


def main(argv) -> None:
    cli = tool.parser("Writes the header of a Game Boy ROM, in place, and fills it up to a cartridge's size.")
    cli.add_argument("rom")
    cli.add_argument("-o", "--output", help="writes here and leaves the ROM alone")
    cli.add_argument("-t", "--title", help="title, 16 characters (15 with --color)")
    cli.add_argument("--color", choices=sorted(COLOR), default="no", help="whether it is for the Game Boy Color")
    cli.add_argument("-s", "--sgb", action="store_true", help="uses the Super Game Boy's functions")
    cli.add_argument("-k", "--licensee", help="new licensee, 2 characters")
    cli.add_argument("-m", "--mbc", type=tool.number, help="kind of cartridge (0 plain, 1 MBC1, 0x19 MBC5 ...)")
    cli.add_argument("-r", "--ram", type=tool.number, help="code of the RAM's size")
    cli.add_argument("-n", "--version", type=tool.number, help="version")
    cli.add_argument("-p", "--pad", type=tool.number, default=0xFF, help="byte to fill up with")
    cli.add_argument("--logo", metavar="FILE", help="the 48 bytes that a console's boot ROM compares; none are shipped here")
    cli.add_argument("--check", action="store_true", help="changes nothing, fails unless the header is right")
    args = cli.parse_args(argv)

    def fixed(rom):
        logo = tool.user_file(args.logo, LOGO_SIZE, "a Game Boy logo")
        header = Header(args.title, COLOR[args.color], args.sgb, args.licensee, args.mbc, args.ram, args.version, logo)
        return fix(rom, args.rom, header, args.pad)
    tool.fix_or_check(args, fixed, verify)


if __name__ == "__main__":
    sys.exit(tool.run(main))
