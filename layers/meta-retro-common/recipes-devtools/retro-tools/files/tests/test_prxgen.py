# SPDX-License-Identifier: Apache-2.0
import struct

from retrotools import elf, prx
from tests.elf_file import elf_file
from tests.support import ToolTest

REL = [(0, 5, 1), (4, 6, 1), (8, 4, 1), (12, 10, 1), (16, 2, 2), (20, 2, 1)]  # place, type, symbol


def program(rel=None, flags=0x10003001, info=52, at=0):
    rels = b"".join(struct.pack("<II", at + place, symbol << 8 | kind) for place, kind, symbol in (REL if rel is None else rel))
    sections = [(".text", 1, 6, at, bytes(range(32))), (".rodata.sceModuleInfo", 1, 2, at + 32, b"m" * info), (".bss", 8, 3, at + 96, 400)]
    if rels:
        sections.insert(1, (".rel.text", 9, 0, 0, rels, 1))
    raw = bytearray(elf_file(sections, flags=flags, entry=at, symbols=[("main", 0), ("absolute", 4)]))
    file = elf.parse(bytes(raw), "a.elf", 8)
    # .rel.text refers to the symbols, and main is a place in .text.
    head = struct.unpack_from("<I", raw, 32)[0]
    for index, section in enumerate(file.sections):
        if section.name == ".rel.text":
            struct.pack_into("<I", raw, head + index * 40 + 24, next(i for i, s in enumerate(file.sections) if s.name == ".symtab"))
        if section.name == ".symtab":
            struct.pack_into("<H", raw, section.offset + 16 + 14, 1)
    return bytes(raw)


class Prxgen(ToolTest):
    def convert(self, data):
        self.runs(prx, self.write("a.elf", data), self.path("a.prx"))
        return elf.parse(self.read("a.prx"), "a.prx", 8)

    def test_the_header_is_a_prx(self):
        out = self.convert(program())
        self.assertEqual((out.kind, out.flags), (0xFFA0, 0x10A23001))
        segment, = out.segments
        self.assertEqual((segment.vaddr, segment.offset % 16, segment.align), (0, 0, 16))
        self.assertEqual((segment.file_size, segment.memory_size), (84, 496))
        self.assertEqual(self.read("a.prx")[segment.paddr:segment.paddr + 52], b"m" * 52)
        self.assertEqual(self.read("a.prx")[segment.offset:segment.offset + 32], bytes(range(32)))
        self.runs(prx, self.path("a.prx"), "--check")

    def test_only_relocations_that_a_loader_must_do_are_kept(self):
        rel, = [s for s in self.convert(program()).sections if s.kind == 0x700000A0]
        self.assertEqual(rel.name, ".rel.text")
        # What is relative to the program counter and what is a plain number need none.
        self.assertEqual(list(struct.iter_unpack("<II", rel.data)), [(0, 5), (4, 6), (8, 4), (20, 2)])

    def test_what_no_system_could_load_is_refused(self):
        for said, data in (("70001005 (o32 mips32r2", program(flags=0x70001005)), ("is not linked at 0", program(at=0x1000)),
                           ("link it with -q", program(rel=[])), ("has 40 bytes, not 52", program(info=40)),
                           ("of a type (9) that a PRX does not have", program(rel=[(0, 9, 1)]))):
            self.fails(said, prx, self.write("a.elf", data), self.path("a.prx"))
        self.fails("is of type 0002, not FFA0", prx, self.write("a.elf", program()), "--check")
