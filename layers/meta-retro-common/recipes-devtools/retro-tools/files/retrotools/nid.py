# SPDX-License-Identifier: Apache-2.0
"""psp-stubgen: assembly with which a program calls functions of the PSP's system, from their names.

A function's number, its NID, is the first four bytes of the SHA-1 of its name, little-endian. The list has a library in each line
that begins at the margin, and below it, indented, its functions; a NID may stand after a name, for those that are not the hash:

    sceDisplay
        sceDisplaySetMode
        sceDisplayWaitVblankStart 0x984c27e7

A library becomes an entry in .lib.stub (name, attributes 4001, 5 words, count, NIDs, stubs), its NIDs in .rodata.sceNid and a stub
of two instructions for each in .sceStub.text, in the same order; the system writes its jump over the stub."""

import hashlib
import re
import sys
from typing import List, Tuple

from retrotools import tool
from retrotools.tool import ToolError

Library = Tuple[str, List[Tuple[str, int]]]


def nid(name: str) -> int:
    return int.from_bytes(hashlib.sha1(name.encode("ascii")).digest()[:4], "little")


def parse(text: str, name: str) -> List[Library]:
    out: List[Library] = []
    seen = {}
    for number, line in enumerate(text.splitlines(), 1):
        place = "%s:%d: " % (name, number)
        words = line.split("#")[0].split()
        if not words:
            continue
        if not re.match(r"[A-Za-z_]\w*$", words[0]):
            raise ToolError("%s%r is no name" % (place, words[0]))
        if not line[0].isspace():
            if len(words) > 1:
                raise ToolError("%sa library's line has its name alone; functions stand below it, indented" % place)
            out.append((words[0], []))
            continue
        if not out:
            raise ToolError("%s%s stands before any library" % (place, words[0]))
        if words[0] in seen:
            raise ToolError("%s%s is there a second time, after line %d" % (place, words[0], seen[words[0]]))
        seen[words[0]] = number
        if len(words) > 2 or len(words) == 2 and not re.match(r"0x[0-9a-fA-F]{1,8}$", words[1]):
            raise ToolError("%safter %s only its NID may stand, as 0x..." % (place, words[0]))
        out[-1][1].append((words[0], int(words[1], 16) if len(words) == 2 else nid(words[0])))
    for library, functions in out:
        if not functions:
            raise ToolError("%s: library %s has no functions" % (name, library))
    return out


def assembly(libraries: List[Library]) -> str:
    lines = ["    .set noreorder"]
    for library, functions in libraries:
        lines += ['    .section .rodata.sceResident, "a"', "    .align 2", "__name_%s:" % library, '    .asciz "%s"' % library, "    .align 2",
                  '    .section .lib.stub, "a"', "    .align 2", "    .word __name_%s" % library, "    .word 0x40010000",
                  "    .byte 5, 0", "    .half %d" % len(functions), "    .word __nids_%s" % library, "    .word __stubs_%s" % library,
                  '    .section .rodata.sceNid, "a"', "    .align 2", "__nids_%s:" % library]
        lines += ["    .word 0x%08x  # %s" % (number, function) for function, number in functions]
        lines += ['    .section .sceStub.text, "ax"', "    .align 2", "__stubs_%s:" % library]
        for function, _ in functions:
            lines += ["    .globl %s" % function, "    .type %s, @function" % function, "%s:" % function, "    jr $31", "    nop",
                      "    .size %s, 8" % function]
    return "\n".join(lines) + "\n"


def main(argv) -> None:
    cli = tool.parser("Writes assembly for calls of the PSP's system, from a list of libraries and functions.")
    cli.add_argument("list", nargs="?")
    cli.add_argument("-o", "--output")
    cli.add_argument("--nid", metavar="NAME", help="prints a function's number")
    args = cli.parse_args(argv)
    if args.nid:
        print("0x%08x" % nid(args.nid))
        return
    if not args.list or not args.output:
        raise ToolError("give a list and -o, or --nid")
    text = tool.read_file(args.list).decode("utf-8", "replace")
    tool.write_file(args.output, assembly(parse(text, args.list)).encode("ascii"))


if __name__ == "__main__":
    sys.exit(tool.run(main))
