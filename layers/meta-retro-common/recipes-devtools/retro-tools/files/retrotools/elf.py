# SPDX-License-Identifier: Apache-2.0
"""What the tools need of a 32-bit little-endian ELF file: its header, segments, sections, symbols and relocations."""

import struct
from dataclasses import dataclass, field
from typing import Dict, List, Tuple

from retrotools import tool
from retrotools.tool import ToolError

MACHINES = {8: "MIPS", 40: "Arm", 42: "SuperH"}
PT_LOAD = 1
SHT_PROGBITS, SHT_SYMTAB, SHT_NOBITS, SHT_REL = 1, 2, 8, 9
SHF_WRITE, SHF_ALLOC, SHF_EXEC = 1, 2, 4


@dataclass
class Section:
    name: str
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int
    data: bytes


@dataclass
class Segment:
    kind: int
    offset: int
    vaddr: int
    paddr: int
    file_size: int
    memory_size: int
    flags: int
    align: int


@dataclass
class Elf:
    name: str
    kind: int
    machine: int
    entry: int
    flags: int
    data: bytes
    segments: List[Segment] = field(default_factory=list)
    sections: List[Section] = field(default_factory=list)

    def section(self, name: str) -> Section:
        for section in self.sections:
            if section.name == name:
                return section
        raise ToolError("%s: there is no section %s" % (self.name, name))

    def loads(self) -> List[Segment]:
        return [s for s in self.segments if s.kind == PT_LOAD and s.memory_size]

    def symbols(self) -> Dict[str, int]:
        """Values of the named symbols; the last one of a name counts."""
        out = {}
        for section in self.sections:
            if section.kind != SHT_SYMTAB:
                continue
            names = self.sections[section.link].data
            for at in range(0, section.size - 15, 16):
                name, value = struct.unpack_from("<II", section.data, at)
                out[_text(names, name)] = value
        return out

    def symbol(self, name: str) -> int:
        symbols = self.symbols()
        if name not in symbols:
            raise ToolError("%s: there is no symbol %s" % (self.name, name))
        return symbols[name]


def _text(table: bytes, at: int) -> str:
    return table[at:table.find(b"\0", at)].decode("ascii", "replace")


def _part(data: bytes, at: int, size: int, name: str, what: str) -> bytes:
    if at + size > len(data):
        raise ToolError("%s: %s ends at byte %d, the file at %d" % (name, what, at + size, len(data)))
    return data[at:at + size]


def parse(data: bytes, name: str, machine: int) -> Elf:
    """The file as an Elf; errors unless it is 32 bits, little-endian and for this machine."""
    if data[:4] != b"\x7fELF" or len(data) < 52:
        raise ToolError("%s: is no ELF file" % name)
    if data[4] != 1 or data[5] != 1:
        raise ToolError("%s: is no 32-bit little-endian ELF file" % name)
    (kind, found, _, entry, phoff, shoff, flags, _, phentsize, phnum, shentsize, shnum, shstrndx) = struct.unpack_from("<HHIIIIIHHHHHH", data, 16)
    if found != machine:
        raise ToolError("%s: is for %s, not for %s" % (name, MACHINES.get(found, "machine %d" % found), MACHINES[machine]))
    elf = Elf(name, kind, found, entry, flags, data)
    for i in range(phnum):
        raw = _part(data, phoff + i * phentsize, 32, name, "segment %d" % i)
        p_type, offset, vaddr, paddr, filesz, memsz, p_flags, align = struct.unpack("<8I", raw)
        _part(data, offset, filesz, name, "segment %d" % i)
        elf.segments.append(Segment(p_type, offset, vaddr, paddr, filesz, memsz, p_flags, align))
    heads = [struct.unpack("<10I", _part(data, shoff + i * shentsize, 40, name, "section %d" % i)) for i in range(shnum)]
    names = data[heads[shstrndx][4]:heads[shstrndx][4] + heads[shstrndx][5]] if shstrndx < shnum else b""
    for s_name, s_type, s_flags, addr, offset, size, link, info, align, entsize in heads:
        body = b"" if s_type in (0, SHT_NOBITS) else _part(data, offset, size, name, "section " + _text(names, s_name))
        elf.sections.append(Section(_text(names, s_name), s_type, s_flags, addr, offset, size, link, info, align, entsize, body))
    return elf


def read(path: str, machine: int) -> Elf:
    return parse(tool.read_file(path), path, machine)


def image(elf: Elf) -> Tuple[int, bytes, int]:
    """(lowest address, bytes from there to the last one in the file, size in memory) of all that is loaded."""
    loads = elf.loads()
    if not loads:
        raise ToolError("%s: nothing in it is loaded" % elf.name)
    low = min(s.vaddr for s in loads)
    filled = max([s.vaddr + s.file_size for s in loads if s.file_size] or [low])
    out = bytearray(filled - low)
    for s in loads:
        out[s.vaddr - low:s.vaddr - low + s.file_size] = elf.data[s.offset:s.offset + s.file_size]
    return low, bytes(out), max(s.vaddr + s.memory_size for s in loads) - low


MIPS_ARCH = {0: "mips1", 1: "mips2", 2: "mips3", 3: "mips4", 4: "mips5", 5: "mips32", 6: "mips64", 7: "mips32r2", 8: "mips64r2"}
MIPS_ABI = {0x1000: "o32", 0x2000: "o64", 0x3000: "eabi32", 0x4000: "eabi64"}


def mips_flags(flags: int) -> str:
    """e_flags of a MIPS file in words."""
    words = [MIPS_ABI.get(flags & 0xF000, "no abi"), MIPS_ARCH.get(flags >> 28, "arch %x" % (flags >> 28))]
    words += [word for bit, word in ((1, "noreorder"), (2, "pic"), (4, "cpic")) if flags & bit]
    return " ".join(words)


def check_flags(elf: Elf, expected: int) -> None:
    """The compiler and every library that was linked must have been for this very CPU and ABI."""
    if elf.flags == expected:
        return
    if elf.machine == 8:
        raise ToolError("%s: e_flags are %08x (%s), not %08x (%s): something in it is for another CPU or ABI"
                        % (elf.name, elf.flags, mips_flags(elf.flags), expected, mips_flags(expected)))
    raise ToolError("%s: e_flags are %08x, not %08x: something in it is for another CPU or ABI" % (elf.name, elf.flags, expected))
