# SPDX-License-Identifier: Apache-2.0
"""elf2psexe: an ELF file as a PS-X EXE, which the PlayStation's BIOS loads.

    000  "PS-X EXE"
    010  entry, 014 gp
    018  load address, 01C size of the payload, a multiple of 2048
    028  bss address, 02C bss size (left 0: the start-up file clears it)
    030  stack, 034 offset from it
    04C  region text: zero
    800  payload"""

import struct
import sys

from retrotools import elf, tool
from retrotools.tool import ToolError

HEADER_SIZE = 2048
RAM = 0x80000000
KERNEL_SIZE = 0x10000


def convert(file: elf.Elf, stack: int, ram: int, stack_size: int) -> bytes:
    """The executable; errors when program, bss and stack together do not fit."""
    low, payload, size = elf.image(file)
    if low < RAM + KERNEL_SIZE:
        raise ToolError("%s: is linked at %08x, where the first %d KiB belong to the BIOS" % (file.name, low, KERNEL_SIZE // 1024))
    room = RAM + ram - stack_size - low
    if size > room:
        raise ToolError("%s: program and bss need %d bytes from %08x; %d KiB of RAM leave %d with %d for the stack"
                        % (file.name, size, low, ram // 1024, room, stack_size))
    if not low <= file.entry < low + len(payload):
        raise ToolError("%s: the entry %08x is not in what is loaded" % (file.name, file.entry))
    payload += bytes(-len(payload) % 2048)
    header = bytearray(HEADER_SIZE)
    header[0:8] = b"PS-X EXE"
    struct.pack_into("<IIII", header, 0x10, file.entry, file.symbols().get("_gp", 0), low, len(payload))
    struct.pack_into("<II", header, 0x30, stack, 0)
    return bytes(header) + payload


def verify(data: bytes, name: str) -> None:
    """A PS-X EXE as the BIOS takes it."""
    if data[:8] != b"PS-X EXE":
        raise ToolError("%s: is no PS-X EXE" % name)
    entry, _, load, size = struct.unpack_from("<IIII", data, 0x10)
    if size % 2048 or size != len(data) - HEADER_SIZE:
        raise ToolError("%s: the header says %d bytes of payload, the file has %d" % (name, size, len(data) - HEADER_SIZE))
    if not load <= entry < load + size:
        raise ToolError("%s: the entry %08x is not in what is loaded" % (name, entry))


def main(argv) -> None:
    cli = tool.parser("Makes a PS-X EXE of an ELF file.")
    cli.add_argument("elf")
    cli.add_argument("exe")
    cli.add_argument("--stack", type=tool.number, default=0x801FFFF0, help="where the stack begins (0x801FFFF0)")
    cli.add_argument("--stack-size", type=tool.number, default=0x8000, help="bytes kept free for the stack (0x8000)")
    cli.add_argument("--ram", type=tool.number, default=0x200000, help="bytes of RAM (0x200000)")
    cli.add_argument("--flags", type=tool.number, help="the e_flags that the ELF file must have")
    args = cli.parse_args(argv)
    file = elf.read(args.elf, 8)
    if args.flags is not None:
        elf.check_flags(file, args.flags)
    tool.write_file(args.exe, convert(file, args.stack, args.ram, args.stack_size))


if __name__ == "__main__":
    sys.exit(tool.run(main))
