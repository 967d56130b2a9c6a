# SPDX-License-Identifier: Apache-2.0
"""elfcheck: says whether an ELF file is for the CPU of the machine it is meant for.

--flags compares e_flags. --load-delay looks for the R3000's load delay: a register that an instruction loads still has its old
value in the next one, so no instruction may read what the one before it loads (but lwl and lwr, which finish each other's work).
A load in the delay slot of a jump is followed by the jump's target, and where the jump is conditional by what stands after it."""

import struct
import sys
from typing import Dict, List, Set

from retrotools import elf, tool
from retrotools.tool import ToolError

MACHINES = {"mips": 8, "arm": 40, "sh": 42}
_LOADS = range(0x20, 0x27)
_HALVES = (0x22, 0x26)  # lwl, lwr


def loaded(word: int) -> int:
    """The register that arrives one instruction late, or 0."""
    op, rt = word >> 26, word >> 16 & 31
    if op in _LOADS or op in (0x10, 0x12) and word >> 21 & 31 in (0, 2):  # mfc0 cfc0 mfc2 cfc2
        return rt
    return 0


def reads(word: int) -> Set[int]:
    """The registers that an instruction of MIPS I reads."""
    op, rs, rt, function = word >> 26, word >> 21 & 31, word >> 16 & 31, word & 63
    if op == 0:
        if function in (0, 2, 3):
            return {rt}
        if function in (8, 9, 0x11, 0x13):
            return {rs}
        return set() if function in (12, 13, 0x10, 0x12) else {rs, rt}
    if op in (4, 5) or 0x28 <= op <= 0x2E:
        return {rs, rt}
    if op in (2, 3, 15):
        return set()
    if op in range(0x10, 0x14):
        return {rt} if rs in (4, 6) else set()
    return {rs, rt} if op in _HALVES else {rs}


def _after(at: int, words: Dict[int, int]) -> List[int]:
    """Where control is after the instruction at this address."""
    jump = words.get(at - 4, 0)
    op = jump >> 26
    if op in (2, 3):
        return [at & 0xF0000000 | (jump & 0x03FFFFFF) << 2]
    if op == 1 or 4 <= op <= 7:
        offset = (jump & 0xFFFF) - (0x10000 if jump & 0x8000 else 0)
        target = at + offset * 4
        always = op == 4 and not jump >> 16 & 0x3FF
        return [target] if always else [target, at + 4]
    if op == 0 and jump & 63 in (8, 9):
        return []  # the target is in a register
    return [at + 4]


def load_delays(file: elf.Elf) -> List[int]:
    """The addresses of instructions that read what has not arrived."""
    words: Dict[int, int] = {}
    for section in file.sections:
        if section.flags & elf.SHF_EXEC and section.kind == elf.SHT_PROGBITS:
            for at, (word,) in enumerate(struct.iter_unpack("<I", section.data[:section.size & ~3])):
                words[section.address + at * 4] = word
    out = []
    for at, word in words.items():
        register = loaded(word)
        if not register:
            continue
        for then in _after(at, words):
            following = words.get(then, 0)
            if register not in reads(following):
                continue
            merges = following >> 26 in _HALVES and following >> 16 & 31 == register and following >> 21 & 31 != register
            if not merges:
                out.append(then)
    return sorted(set(out))


def main(argv) -> None:
    cli = tool.parser("Checks that an ELF file is for the CPU of a machine.")
    cli.add_argument("elf")
    cli.add_argument("--machine", choices=sorted(MACHINES), default="mips")
    cli.add_argument("--flags", type=tool.number, help="the e_flags that it must have")
    cli.add_argument("--load-delay", action="store_true", help="no instruction may read what the one before it loads")
    args = cli.parse_args(argv)
    file = elf.read(args.elf, MACHINES[args.machine])
    if args.flags is not None:
        elf.check_flags(file, args.flags)
    if args.load_delay:
        found = load_delays(file)
        if found:
            raise ToolError("%s: %d instructions read a register in its load delay, the first at %08x; compile for the R3000 (-march=r3000)"
                            % (args.elf, len(found), found[0]))


if __name__ == "__main__":
    sys.exit(tool.run(main))
