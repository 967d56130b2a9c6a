# SPDX-License-Identifier: Apache-2.0
"""As much of ELF32 as checks need: the header, sections with their run and load addresses, by the System V ABI's layout."""

import struct
from typing import NamedTuple

MACHINES = {"MIPS": 8, "ARM": 40, "SH": 42, "68K": 4}
SHT_NOBITS, SHF_ALLOC, PT_LOAD = 8, 2, 1


class Section(NamedTuple):
    """Where something is when the program runs and where it is loaded from; load_size is 0 for what starts as zero."""
    name: str
    address: int
    size: int
    load_address: int
    load_size: int


class Elf:
    """A whole file; ValueError when it is no ELF32."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:5] != b"\x7fELF\x01":
            raise ValueError("%s is no 32-bit ELF file" % path)
        self.order = "<" if self.data[5] == 1 else ">"
        fields = struct.unpack_from(self.order + "HHIIIIIHHHHHH", self.data, 16)
        self.machine, self.entry, self.flags = fields[1], fields[3], fields[6]
        self.program_at, self.sections_at = fields[4], fields[5]
        self.program_size, self.program_count, self.section_size, self.section_count, self.names_index = fields[8:13]

    def segments(self):
        """(offset, address, load address, size in the file, size in memory) of what is loaded."""
        out = []
        for index in range(self.program_count):
            kind, offset, address, load, in_file, in_memory = struct.unpack_from(
                self.order + "IIIIII", self.data, self.program_at + index * self.program_size)
            if kind == PT_LOAD:
                out.append((offset, address, load, in_file, in_memory))
        return out

    def sections(self):
        """What takes memory when the program runs, in the file's order."""
        headers = [struct.unpack_from(self.order + "IIIIII", self.data, self.sections_at + index * self.section_size)
                   for index in range(self.section_count)]
        names = headers[self.names_index][4]
        out = []
        for name, kind, flags, address, _, size in headers:
            if flags & SHF_ALLOC and size:
                end = self.data.index(b"\0", names + name)
                loaded = 0 if kind == SHT_NOBITS else size
                out.append(Section(self.data[names + name:end].decode(), address, size, self.load_address(address), loaded))
        return out

    def load_address(self, address):
        for _, start, load, _, in_memory in self.segments():
            if start <= address < start + in_memory:
                return load + address - start
        return address


def wrong_flags(path, machine, flags):
    """What is wrong with a program's machine and e_flags, in words, or ''; an empty expectation is met by all."""
    elf = Elf(path)
    if machine and elf.machine != MACHINES[machine]:
        return "its ELF machine is %d, not %d (%s) as CONSOLE_ELF_MACHINE says" % (elf.machine, MACHINES[machine], machine)
    if flags and elf.flags not in [int(choice, 16) for choice in flags.split()]:
        return "its ELF flags are 0x%08x, not %s as CONSOLE_ELF_FLAGS says: an object or a library was built for another processor" % (elf.flags, flags)
    return ""
