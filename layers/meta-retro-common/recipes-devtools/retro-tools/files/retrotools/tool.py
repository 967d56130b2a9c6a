# SPDX-License-Identifier: Apache-2.0
"""What every tool shares: its one kind of error, whole files in and out, and a main() that tells errors in one line."""

import argparse
import os
import sys
from typing import Callable, Optional, Sequence


class ToolError(Exception):
    """Something in the input that its author must change. The text names the place first: `file:line: what`."""


def read_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as exc:
        raise ToolError("%s: %s" % (path, exc.strerror)) from exc


def write_file(path: str, data: bytes) -> None:
    """A file under its name is a whole file, whenever this is cut off."""
    part = "%s.part%d" % (path, os.getpid())
    try:
        with open(part, "wb") as file:
            file.write(data)
        os.replace(part, path)
    except OSError as exc:
        if os.path.exists(part):
            os.unlink(part)
        raise ToolError("%s: %s" % (path, exc.strerror)) from exc


def number(text: str) -> int:
    """A number as people write it: 10, 0x10."""
    try:
        return int(text, 0)
    except ValueError as exc:
        raise argparse.ArgumentTypeError("%s is not a number" % text) from exc


def ascii_field(text: str, size: int, what: str, pad: bytes = b"\0") -> bytes:
    """Text of a header's field: printable ASCII, no longer than the field."""
    if not all(" " <= c <= "~" for c in text):
        raise ToolError("%s %r has characters other than printable ASCII" % (what, text))
    if len(text) > size:
        raise ToolError("%s %r is longer than %d characters" % (what, text, size))
    return text.encode("ascii").ljust(size, pad)


def user_file(path: Optional[str], size: int, what: str) -> Optional[bytes]:
    """A file that only the user may supply (a logo, a licence, a template); it has one right size."""
    if not path:
        return None
    data = read_file(path)
    if len(data) != size:
        raise ToolError("%s: %s has %d bytes, not %d" % (path, what, len(data), size))
    return data


def parser(description: str, **keywords) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(description=description, **keywords)


def fix_or_check(args, fixed, verify) -> None:
    """A header tool's work on args.rom: with --check verify(rom, name) alone, else what fixed() makes of the ROM is written, in
    place or to args.output."""
    rom = read_file(args.rom)
    if args.check:
        verify(rom, args.rom)
    else:
        write_file(args.output or args.rom, fixed(rom))


def run(main: Callable[[Sequence[str]], None], argv: Optional[Sequence[str]] = None) -> int:
    """main's exit status: 0 done, 1 something in the input is wrong (argparse answers 2 for a wrong command line)."""
    name = os.path.basename(sys.argv[0])
    try:
        main(sys.argv[1:] if argv is None else argv)
    except ToolError as exc:
        print("%s: %s" % (name, exc), file=sys.stderr)
        return 1
    except OSError as exc:
        print("%s: %s: %s" % (name, exc.filename, exc.strerror), file=sys.stderr)
        return 1
    return 0
