# SPDX-License-Identifier: Apache-2.0
"""gbafix: the header of a Game Boy Advance cartridge.

    000  branch to the code (any Arm branch)
    004  logo, 156 bytes: zero unless the user gives the file (it is Nintendo's; only a console's BIOS asks for it)
    0A0  title 12, 0AC game code 4, 0B0 maker 2, all ASCII padded with zero
    0B2  96
    0B3  unit code, 0BC version
    0BD  -(19 + sum of 0A0..0BC)"""

import sys
from typing import Optional

from retrotools import tool
from retrotools.tool import ToolError

HEADER_SIZE = 0xC0
LOGO_SIZE = 156
ROM_LIMIT = 32 * 1024 * 1024


def checksum(rom: bytes) -> int:
    return -(0x19 + sum(rom[0xA0:0xBD])) & 0xFF


def check(rom: bytes, name: str) -> None:
    """Refuses what no console and no emulator would take for a cartridge."""
    if len(rom) < HEADER_SIZE:
        raise ToolError("%s: %d bytes are no Game Boy Advance ROM: the header alone has %d" % (name, len(rom), HEADER_SIZE))
    if len(rom) > ROM_LIMIT:
        raise ToolError("%s: %d bytes are more than the 32 MiB of a cartridge" % (name, len(rom)))
    if rom[3] & 0xFE != 0xEA:
        raise ToolError("%s: the first word %02x%02x%02x%02x is no branch to the code" % (name, rom[3], rom[2], rom[1], rom[0]))


def verify(rom: bytes, name: str) -> None:
    """The header as this tool writes it."""
    check(rom, name)
    if rom[0xB2] != 0x96:
        raise ToolError("%s: byte b2 of the header is %02x, not 96" % (name, rom[0xB2]))
    if rom[0xBD] != checksum(rom):
        raise ToolError("%s: the header's checksum is %02x, not %02x" % (name, rom[0xBD], checksum(rom)))


def fix(rom: bytes, name: str, title: Optional[str] = None, code: Optional[str] = None, maker: Optional[str] = None,
        version: Optional[int] = None, logo: Optional[bytes] = None, pad: bool = False) -> bytes:
    """The ROM with a header that is right; what is None stays as it is, but for the logo, which is zero then."""
    check(rom, name)
    out = bytearray(rom)
    out[0x04:0xA0] = logo or bytes(LOGO_SIZE)
    for at, size, text, what in ((0xA0, 12, title, "title"), (0xAC, 4, code, "game code"), (0xB0, 2, maker, "maker")):
        if text is not None:
            out[at:at + size] = tool.ascii_field(text, size, what)
    out[0xB2:0xBC] = b"\x96" + bytes(9)
    if version is not None:
        if not 0 <= version <= 255:
            raise ToolError("version %d is not in 0..255" % version)
        out[0xBC] = version
    out[0xBD] = checksum(out)
    out[0xBE:0xC0] = b"\0\0"
    if pad:
        size = 1 << (len(out) - 1).bit_length()
        out += b"\xff" * (size - len(out))
    return bytes(out)


def main(argv) -> None:
    cli = tool.parser("Writes the header of a Game Boy Advance ROM, in place.")
    cli.add_argument("rom")
    cli.add_argument("-o", "--output", help="writes here and leaves the ROM alone")
    cli.add_argument("-t", "--title", help="title, 12 characters")
    cli.add_argument("-c", "--code", help="game code, 4 characters")
    cli.add_argument("-m", "--maker", help="maker code, 2 characters")
    cli.add_argument("-r", "--version", type=tool.number, help="version")
    cli.add_argument("-p", "--pad", action="store_true", help="fills up with ff to a power of two")
    cli.add_argument("--logo", metavar="FILE", help="the 156 bytes that a console's BIOS compares; none are shipped here")
    cli.add_argument("--check", action="store_true", help="changes nothing, fails unless the header is right")
    args = cli.parse_args(argv)

    def fixed(rom):
        logo = tool.user_file(args.logo, LOGO_SIZE, "a Game Boy Advance logo")
        return fix(rom, args.rom, args.title, args.code, args.maker, args.version, logo, args.pad)
    tool.fix_or_check(args, fixed, verify)


if __name__ == "__main__":
    sys.exit(tool.run(main))
