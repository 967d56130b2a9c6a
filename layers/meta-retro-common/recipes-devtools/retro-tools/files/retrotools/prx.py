# SPDX-License-Identifier: Apache-2.0
"""prxgen: an ELF file, linked at 0 with its relocations kept (ld -q), as a PRX, which the PSP's system loads anywhere.

The PRX is an ELF file of type FFA0 and flags 10A23001 with one segment, whose physical address is the file offset of
.rodata.sceModuleInfo (with the top bit for a kernel module). Relocations are in sections of type 700000A0, as Elf32_Rel whose info
is type | segment of the place << 8 | segment of the address << 16; both are 0 here. Only 32, 26, HI16 and LO16 are there: what is
relative to the program counter is right wherever the whole is, and so is what the linker resolved to a number of its own."""

import struct
import sys
from typing import List, Tuple

from retrotools import elf, tool
from retrotools.tool import ToolError

INPUT_FLAGS, OUTPUT_FLAGS = 0x10003001, 0x10A23001
PRX_TYPE, PRX_REL = 0xFFA0, 0x700000A0
R_32, R_26, R_HI16, R_LO16, R_GPREL16, R_PC16 = 2, 4, 5, 6, 7, 10
KEPT = (R_32, R_26, R_HI16, R_LO16)
MODULE_INFO = ".rodata.sceModuleInfo"
MODULE_INFO_SIZE = 52
SEGMENT_OFFSET = 0x60


def relocations(file: elf.Elf, section: elf.Section) -> bytes:
    """A section's relocations in the PRX's form."""
    symbols = file.sections[section.link].data
    place = file.sections[section.info]
    out = b""
    for at in range(0, len(section.data) - 7, 8):
        offset, info = struct.unpack_from("<II", section.data, at)
        kind, symbol = info & 0xFF, info >> 8
        if kind in (0, R_PC16, R_GPREL16):
            continue
        if kind not in KEPT:
            raise ToolError("%s: relocation %d at %08x in %s is of a type (%d) that a PRX does not have"
                            % (file.name, at // 8, offset, place.name, kind))
        index = struct.unpack_from("<H", symbols, symbol * 16 + 14)[0]
        if index in (0, 0xFFF1):  # undefined and weak, or absolute: a number, not a place in the program
            continue
        out += struct.pack("<II", offset, kind)
    return out


def _layout(file: elf.Elf) -> Tuple[List[elf.Section], List[elf.Section]]:
    """(sections that are loaded, in the order of their addresses; sections of relocations)"""
    loaded = sorted((s for s in file.sections if s.flags & elf.SHF_ALLOC and s.size), key=lambda s: s.address)
    numbers = {id(s) for s in loaded}
    rels = [s for s in file.sections if s.kind == elf.SHT_REL and id(file.sections[s.info]) in numbers]
    for before, after in zip(loaded, loaded[1:]):
        if before.kind == elf.SHT_NOBITS and after.kind != elf.SHT_NOBITS:
            raise ToolError("%s: %s stands after %s; what is zero at the start must be last" % (file.name, after.name, before.name))
    return loaded, rels


def check(file: elf.Elf) -> None:
    elf.check_flags(file, INPUT_FLAGS)
    if file.section(MODULE_INFO).size != MODULE_INFO_SIZE:
        raise ToolError("%s: %s has %d bytes, not %d" % (file.name, MODULE_INFO, file.section(MODULE_INFO).size, MODULE_INFO_SIZE))
    if min(s.address for s in file.sections if s.flags & elf.SHF_ALLOC) != 0:
        raise ToolError("%s: is not linked at 0" % file.name)
    if not any(s.kind == elf.SHT_REL for s in file.sections):
        raise ToolError("%s: has no relocations, so it runs at 0 only; link it with -q (--emit-relocs)" % file.name)


def convert(file: elf.Elf, kernel: bool = False) -> bytes:
    check(file)
    loaded, rels = _layout(file)
    filled = max(s.address + s.size for s in loaded if s.kind != elf.SHT_NOBITS)
    memory = max(s.address + s.size for s in loaded)
    body = bytearray(filled)
    for s in loaded:
        if s.kind != elf.SHT_NOBITS:
            body[s.address:s.address + s.size] = s.data
    heads = [(b"", 0, 0, 0, 0, 0, 0, 0, 0, 0)]
    for s in loaded:
        heads.append((s.name.encode(), s.kind, s.flags & 7, s.address, SEGMENT_OFFSET + min(s.address, filled), s.size, 0, 0, s.align, 0))
    tail = bytearray(body + bytes(-len(body) % 16))
    places = {id(s): index for index, s in enumerate(loaded, 1)}
    for s in rels:
        data = relocations(file, s)
        if data:
            heads.append((s.name.encode(), PRX_REL, 0, 0, SEGMENT_OFFSET + len(tail), len(data), 0, places[id(file.sections[s.info])], 4, 8))
            tail += data
    names = b""
    table = []
    for head in heads + [(b".shstrtab", 3, 0, 0, 0, 0, 0, 0, 1, 0)]:
        table.append([len(names)] + list(head[1:]))
        names += head[0] + b"\0"
    table[-1][4:6] = [SEGMENT_OFFSET + len(tail), len(names)]
    tail += names + bytes(-len(names) % 4)
    info = SEGMENT_OFFSET + file.section(MODULE_INFO).address
    out = bytearray(SEGMENT_OFFSET)
    out[0:16] = b"\x7fELF\1\1\1".ljust(16, b"\0")
    struct.pack_into("<HHIIIIIHHHHHH", out, 16, PRX_TYPE, 8, 1, file.entry, 52, SEGMENT_OFFSET + len(tail), OUTPUT_FLAGS, 52, 32, 1, 40,
                     len(table), len(table) - 1)
    struct.pack_into("<8I", out, 52, 1, SEGMENT_OFFSET, 0, info | (0x80000000 if kernel else 0), filled, memory, 7, 16)
    return bytes(out + tail) + b"".join(struct.pack("<10I", *head) for head in table)


def verify(data: bytes, name: str) -> None:
    """A PRX as the system takes it: type, one segment in place, a module info in it, and relocations."""
    file = elf.parse(data, name, 8)
    if file.kind != PRX_TYPE:
        raise ToolError("%s: is of type %04x, not FFA0, so it is no PRX" % (name, file.kind))
    if file.flags != OUTPUT_FLAGS:
        raise ToolError("%s: e_flags are %08x, not %08x" % (name, file.flags, OUTPUT_FLAGS))
    if len(file.loads()) != 1 or file.loads()[0].offset % 16:
        raise ToolError("%s: has not one segment at a multiple of 16" % name)
    segment = file.loads()[0]
    info = segment.paddr & 0x7FFFFFFF
    if not segment.offset <= info <= segment.offset + segment.file_size - MODULE_INFO_SIZE:
        raise ToolError("%s: the module info at %x is not in the segment" % (name, info))
    if not any(s.kind == PRX_REL for s in file.sections):
        raise ToolError("%s: has no relocations, so no system can load it" % name)


def main(argv) -> None:
    cli = tool.parser("Makes a PRX of an ELF file that was linked at 0 with -q.")
    cli.add_argument("elf")
    cli.add_argument("prx", nargs="?")
    cli.add_argument("--kernel", action="store_true", help="a kernel module")
    cli.add_argument("--check", action="store_true", help="the first file is a PRX; fails unless it is right")
    args = cli.parse_args(argv)
    if args.check:
        verify(tool.read_file(args.elf), args.elf)
        return
    if not args.prx:
        raise ToolError("give the name of the PRX")
    data = convert(elf.read(args.elf, 8), args.kernel)
    verify(data, args.prx)
    tool.write_file(args.prx, data)


if __name__ == "__main__":
    sys.exit(tool.run(main))
