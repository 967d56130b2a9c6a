# SPDX-License-Identifier: Apache-2.0
"""inesfix: the iNES header of a Nintendo Entertainment System ROM.

    0  4E 45 53 1A
    4  PRG in 16 KiB, 5 CHR in 8 KiB (0: the board has CHR RAM)
    6  mapper's low half << 4 | 1 vertical mirroring | 2 battery | 4 trainer | 8 four screens
    7  mapper's high half | 08 for NES 2.0
    8  zero; then PRG, CHR. The last bank of PRG ends in the vectors nmi, reset, irq."""

import sys
from typing import Optional

from retrotools import tool
from retrotools.tool import ToolError

MAGIC = b"NES\x1a"
HEADER_SIZE = 16
PRG_UNIT, CHR_UNIT, TRAINER_SIZE = 16384, 8192, 512
MIRRORING = {"horizontal": 0, "vertical": 1, "four": 8}


def header(prg: int, chr_: int, mapper: int, mirroring: str, battery: bool) -> bytes:
    """A header for PRG and CHR of these sizes in bytes."""
    if prg == 0 or prg % PRG_UNIT or prg // PRG_UNIT > 255:
        raise ToolError("PRG of %d bytes is not 1 to 255 times 16 KiB" % prg)
    if chr_ % CHR_UNIT or chr_ // CHR_UNIT > 255:
        raise ToolError("CHR of %d bytes is not a multiple of 8 KiB" % chr_)
    if not 0 <= mapper <= 255:
        raise ToolError("mapper %d is not in 0..255" % mapper)
    flags = (mapper & 15) << 4 | MIRRORING[mirroring] | (2 if battery else 0)
    return MAGIC + bytes([prg // PRG_UNIT, chr_ // CHR_UNIT, flags, mapper & 0xF0]) + bytes(8)


def verify(rom: bytes, name: str) -> None:
    """The header is one, the sizes in it are the file's, and reset leads into the ROM."""
    if len(rom) < HEADER_SIZE or rom[:4] != MAGIC:
        raise ToolError("%s: there is no iNES header" % name)
    prg, chr_ = rom[4] * PRG_UNIT, rom[5] * CHR_UNIT
    trainer = TRAINER_SIZE if rom[6] & 4 else 0
    if len(rom) != HEADER_SIZE + trainer + prg + chr_ or prg == 0:
        raise ToolError("%s: the header says %d + %d KiB of PRG and CHR, the file has %d bytes after it"
                        % (name, prg // 1024, chr_ // 1024, len(rom) - HEADER_SIZE - trainer))
    end = HEADER_SIZE + trainer + prg
    reset = rom[end - 4] | rom[end - 3] << 8
    if reset < 0x8000:
        raise ToolError("%s: the reset vector %04x does not lead into the ROM" % (name, reset))


def fix(rom: bytes, name: str, prg: Optional[int] = None, mapper: int = 0, mirroring: str = "horizontal",
        battery: bool = False) -> bytes:
    """The ROM with a header that is right: rewritten where it has one, else made from prg, the size of PRG in bytes."""
    if rom[:4] == MAGIC:
        if rom[6] & 4:
            raise ToolError("%s: the ROM has a trainer, which this tool does not keep" % name)
        if prg is None:
            prg = rom[4] * PRG_UNIT
        rom = rom[HEADER_SIZE:]
    if prg is None:
        raise ToolError("%s: there is no iNES header, so the size of PRG must be said (--prg)" % name)
    if prg > len(rom):
        raise ToolError("%s: PRG of %d bytes is more than the file's %d" % (name, prg, len(rom)))
    out = header(prg, len(rom) - prg, mapper, mirroring, battery) + rom
    verify(out, name)
    return out


def main(argv) -> None:
    cli = tool.parser("Writes the iNES header of a ROM, in place.")
    cli.add_argument("rom", help="PRG and CHR, with an iNES header or without")
    cli.add_argument("-o", "--output", help="writes here and leaves the ROM alone")
    cli.add_argument("--prg", type=tool.number, help="size of PRG in bytes")
    cli.add_argument("--mapper", type=tool.number, default=0)
    cli.add_argument("--mirroring", choices=sorted(MIRRORING), default="horizontal")
    cli.add_argument("--battery", action="store_true")
    cli.add_argument("--check", action="store_true", help="changes nothing, fails unless the header is right")
    args = cli.parse_args(argv)
    tool.fix_or_check(args, lambda rom: fix(rom, args.rom, args.prg, args.mapper, args.mirroring, args.battery), verify)


if __name__ == "__main__":
    sys.exit(tool.run(main))
