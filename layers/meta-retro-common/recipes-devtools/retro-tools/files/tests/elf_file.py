# SPDX-License-Identifier: Apache-2.0
"""ELF files for tests, made from their parts."""

import struct


def elf_file(sections, kind=2, machine=8, flags=0x1001, entry=0x80010000, symbols=(), segments=None):
    """sections: (name, type, flags, address, bytes or size[, info[, align]]); symbols: (name, value). One PT_LOAD per section of SHF_ALLOC
    unless segments are given as (vaddr, bytes, memory size)."""
    sections = [("", 0, 0, 0, b"", 0, 1)] + [tuple(s) + (0, 4)[len(s) - 5:] for s in sections]
    strings, symtab = b"\0", bytes(16)
    for name, value in symbols:
        symtab += struct.pack("<IIIBBH", len(strings), value, 0, 0x10, 0, 0xFFF1)
        strings += name.encode() + b"\0"
    strtab = len(sections) + 1
    sections += [(".symtab", 2, 0, 0, symtab, 1, 4), (".strtab", 3, 0, 0, strings, 0, 1)]
    names = b"\0"
    heads, body, at = [], b"", 52
    loads = []
    for name, s_type, s_flags, address, data, info, align in sections:
        size = data if isinstance(data, int) else len(data)
        data = b"" if isinstance(data, int) else data
        pad = -(at + len(body)) % 4
        body += bytes(pad)
        offset = at + len(body)
        heads.append([len(names) if name else 0, s_type, s_flags, address, offset, size, strtab if s_type == 2 else 0, info, align, 16 if s_type == 2 else 0])
        names += name.encode() + b"\0" if name else b""
        if s_flags & 2 and segments is None:
            loads.append((1, offset, address, address, len(data), size, 7, 4))
        body += data
    for vaddr, data, memory in segments or ():
        loads.append((1, at + len(body), vaddr, vaddr, len(data), memory, 7, 4))
        body += data
    heads.append([len(names), 3, 0, 0, at + len(body), len(names) + 11, 0, 0, 1, 0])
    names += b".shstrtab\0\0"
    body += names
    body += bytes(-len(body) % 4)
    phoff = at + len(body)
    body += b"".join(struct.pack("<8I", *p) for p in loads)
    shoff = at + len(body)
    body += b"".join(struct.pack("<10I", *h) for h in heads)
    head = b"\x7fELF\1\1\1" + bytes(9) + struct.pack("<HHIIIIIHHHHHH", kind, machine, 1, entry, phoff, shoff, flags, 52, 32, len(loads), 40, len(heads), len(heads) - 1)
    return head + body
