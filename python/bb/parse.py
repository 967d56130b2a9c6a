# SPDX-License-Identifier: Apache-2.0
"""Parsing files from Python, and the exceptions of parsing."""

import os
import re

import _hitz
import bb

# The signature generator: whoever makes one by bb.siggen.init() puts it here.
siggen = None


class ParseError(Exception):
    def __init__(self, msg, filename=None, lineno=0):
        self.msg, self.filename, self.lineno = msg, filename, lineno
        super().__init__(msg, filename, lineno)

    def __str__(self):
        if self.filename and self.lineno:
            return "ParseError at %s:%d: %s" % (self.filename, self.lineno, self.msg)
        return "ParseError in %s: %s" % (self.filename, self.msg) if self.filename else str(self.msg)


class SkipRecipe(Exception):
    """Raised to skip a recipe; the message is the reason."""


class SkipPackage(SkipRecipe):
    """SkipRecipe's older name."""


def _raise_as_bitbake(error):
    """Faults that hitz tells in words of its own are the exceptions of BitBake's parser to scripts."""
    found = re.match(r"ParseError at (.+?):(\d+): (.*)", str(error))
    if not found:
        return
    path, line, what = found.group(1), int(found.group(2)), found.group(3)
    if what == "a backslash continues a line that says nothing":
        raise IndexError("string index out of range") from error
    if what.startswith("the text is not UTF-8"):
        with open(path, encoding="utf-8") as file:
            file.read()
    with open(path, errors="surrogateescape") as file:
        lines = [one.rstrip() for one in file]
    opened = re.match(r"the function '.*' of line (\d+) is never closed", what)
    if opened:
        raise ParseError("Unparsed lines from unclosed function %s: %s" % (path, lines[int(opened.group(1)):]),
                         path, line) from error
    if what == "the file ends after a backslash":
        rest = len(lines)
        while rest and lines[rest - 1].endswith("\\"):
            rest -= 1
        raise ParseError("Unparsed lines %s: %s" % (path, [one[:-1] for one in lines[rest:]]), path, line) from error


def handle(fn, data, include=0, baseconfig=False):
    """Parses a file: a dict of variants for a recipe, the store itself otherwise."""
    recipe = fn.endswith(".bb") and not include
    try:
        variants = _hitz.handle(fn, data, not recipe)
    except ParseError as error:
        _raise_as_bitbake(error)
        raise
    if not recipe:
        return data
    for variant, d in variants.items():
        if d.getVar("__SKIPPED", False):
            continue
        bb.build.add_tasks(d.getVar("__BBTASKS", False) or [], d)
        if siggen is not None:
            siggen.finalise(fn, d, variant)
    return variants


def mark_dependency(d, f):
    """Notes that what is parsed depends on a file."""
    if f.startswith("./"):
        f = os.path.join(os.getcwd(), f[2:])
    known = d.getVar("__depends", False) or []
    if f not in known:
        d.setVar("__depends", known + [f])


def cached_mtime_noerror(f):
    try:
        res = os.stat(f)
    except OSError:
        return 0
    return (res.st_mtime_ns, res.st_size, res.st_ino)


def vars_from_file(mypkg, d):
    """[PN, PV, PR] of a recipe's file name."""
    if not mypkg or not mypkg.endswith((".bb", ".bbappend")):
        return (None, None, None)
    parts = os.path.splitext(os.path.basename(mypkg))[0].split("_")
    if len(parts) > 3:
        raise ParseError("Unable to generate default variables from filename (too many underscores)", mypkg)
    return parts + [None] * (3 - len(parts))


def get_file_depends(d):
    return " ".join(os.path.abspath(f) for f in (d.getVar("__base_depends", False) or []) + (d.getVar("__depends", False) or []))


def vardeps(*varnames):
    """Decorator: a function of a module also depends on these variables."""
    def inner(f):
        f.bb_vardeps = getattr(f, "bb_vardeps", set()) | set(varnames)
        return f
    return inner


def vardepsexclude(*varnames):
    """Decorator: a function of a module does not depend on these variables."""
    def inner(f):
        f.bb_vardepsexclude = getattr(f, "bb_vardepsexclude", set()) | set(varnames)
        return f
    return inner


class _Statements(dict):
    """BitBake keeps the statements of classes here; hitz keeps them in its reader."""

    def clear(self):
        _hitz.forget_files()


class BBHandler:
    """The part of BitBake's parser that classes call."""

    cached_statements = _Statements()

    @staticmethod
    def inherit(files, fn, lineno, d, deferred=False):
        _hitz.inherit(files, d)


def init_parser(d):
    """BitBake makes its signature generator here; hitz's needs no such step."""


def clear_cache():
    """Every file is read anew when it is named next."""
    _hitz.forget_files()
