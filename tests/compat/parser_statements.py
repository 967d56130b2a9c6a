#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares hitz's statements with those of the reference BitBake, file by file.

parser_statements.py [--scarthgap] [--show N] HITZ_STATEMENTS PATH...
HITZ_STATEMENTS is the program built from tests/compat/statements.cc; a PATH is a file, a folder
that is searched for metadata, or a corpus of the parser's (a .txt), whose cases of the release are
compared. HITZ_REFERENCE_BITBAKE names the reference's folder. Nothing is
evaluated. --mutations COUNT compares that many mutations of the files' lines too, from --seed.
Every statement (names, flags, operators, raw values, bodies, line numbers), every
warning and every refusal is compared; a file that BitBake takes must have a syntax tree without
errors. Exit status 0 only where everything agrees.
"""

import argparse
import collections
import json
import logging
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

SUFFIXES = {".bb", ".bbappend", ".bbclass", ".inc", ".conf"}
COMPARED_ERRORS = ("unparsed line", "Empty variable name", "contains a keyword")
OPERATORS = {
    "colon": ":=", "lazyques": "??=", "ques": "?=", "append": "+=", "prepend": "=+",
    "predot": "=.", "postdot": ".=",
}


class Warnings(logging.Handler):
    """Collects what BitBake warns about while it parses."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        if record.levelno == logging.WARNING:
            self.messages.append(record.getMessage())


class Nothing:
    """A datastore that holds nothing: parsing asks, and only evaluation would need answers."""

    def getVar(self, name, *_args, **_keywords):
        return [] if name == "__inherit_cache" else None

    def setVar(self, *_args, **_keywords):
        pass


class Reference:
    """The reference's own reading of a file, stopped before it evaluates."""

    def __init__(self, folder, older):
        sys.path.insert(0, os.path.join(folder, "lib"))
        import bb.parse
        import bb.parse.ast
        from bb.parse.parse_py import BBHandler, ConfHandler

        self.older, self.groups = older, []
        self.recipe, self.configuration = BBHandler, ConfHandler
        bb.parse.ast.StatementGroup.eval = lambda group, _data: self.groups.append(group)
        self.warnings = Warnings()
        logger = logging.getLogger("BitBake")
        logger.handlers = [self.warnings]
        logger.propagate = False

    def read(self, path):
        """The rows, the warnings and the error of a file."""
        self.groups, self.warnings.messages = [], []
        setattr(self.recipe, "__inpython__", False)
        self.recipe.cached_statements.clear()
        try:
            if path.endswith(".conf"):
                self.configuration.handle(path, Nothing(), True, baseconfig=True)
            else:
                self.recipe.handle(path, Nothing(), True)
        except Exception as error:
            return [], self.warnings.messages, f"{error}" or type(error).__name__
        return [self.row(node) for node in self.groups[0]], self.warnings.messages, None

    def row(self, node):
        """A node as hitz-statements prints it."""
        return [*self.fields(node, type(node).__name__), self.line(node)]

    @staticmethod
    def line(node):
        """BitBake numbers functions after their last line, and says so of their header's."""
        if type(node).__name__ == "MethodNode":
            return node.lineno - len(node.body)
        if type(node).__name__ == "PythonMethodNode":
            return node.lineno - len(node.body)
        return node.lineno

    def fields(self, node, kind):
        if kind == "DataNode":
            group = node.groupd
            operator = next((text for name, text in OPERATORS.items() if group[name]), "=")
            return ["assign", group["var"], group["flag"] or "", operator, group["value"],
                    group["exp"] is not None]
        if kind == "MethodNode":
            python = node.python or node.func_name == "__anonymous"
            return ["function", node.func_name, "python" if python else "shell", node.fakeroot,
                    "\n".join(node.body), node.lineno]
        if kind == "PythonMethodNode":
            return ["def", node.function, "\n".join(node.body)]
        if kind == "AddTaskNode":
            return self.task(node)
        if kind == "IncludeNode":
            return ["require" if node.force else "include", node.what_file]
        return self.plain(node, kind)

    @staticmethod
    def plain(node, kind):
        return {
            "ExportNode": lambda: ["export", node.var],
            "UnsetNode": lambda: ["unset", node.var, ""],
            "UnsetFlagNode": lambda: ["unset", node.var, node.flag],
            "InheritNode": lambda: ["inherit", node.classes],
            "InheritDeferredNode": lambda: ["inherit_defer", node.inherit[0]],
            "IncludeAllNode": lambda: ["include_all", node.what_file],
            "DelTaskNode": lambda: ["deltask", getattr(node, "tasks", getattr(node, "func", None))],
            "BBHandlerNode": lambda: ["addhandler", node.hs],
            "ExportFuncsNode": lambda: ["EXPORT_FUNCTIONS", node.n, node.classname],
            "PyLibNode": lambda: ["addpylib", node.libdir, node.namespace],
            "AddFragmentsNode": lambda: [
                "addfragments", node.fragments_path_prefix, node.fragments_variable,
                node.flagged_variables_list_variable, node.builtin_fragments_variable],
        }[kind]()

    def task(self, node):
        """Task names as bb.build.addtask completes them."""
        def complete(text, wanted=True):
            names = (text or "").split()
            return [n if n.startswith("do_") or not wanted else "do_" + n for n in names]
        if self.older:
            return ["addtask", complete(node.func), complete(node.before, False),
                    complete(node.after, False)]
        return ["addtask", complete(node.tasks), complete(node.before), complete(node.after)]


def text_of_case(written):
    """A corpus text with its bytes put in."""
    cut = written.split("«end»")[0]
    return re.sub(rb"\xc2\xab([0-9a-f ]+)\xc2\xbb", lambda m: bytes.fromhex(m[1].decode()),
                  cut.encode())


def cases(path, folder, older):
    """Writes a corpus's cases of one release as files, and names them."""
    for number, part in enumerate(re.split(r"^==== ", path.read_text(), flags=re.M)[1:]):
        title, rest = part.split("\n", 1)
        if ("[scarthgap]" in title) != older:
            continue
        name = re.search(r"\[([\w-]+\.\w+)\]", title)
        file = folder / path.stem / str(number) / (name[1] if name else "t.bb")
        file.parent.mkdir(parents=True)
        file.write_bytes(text_of_case(re.split(r"^----\n", rest, flags=re.M)[0]))
        yield str(file)


def metadata(paths, folder, older):
    """The files that the paths name or hold, in order."""
    for path in map(pathlib.Path, paths):
        if path.suffix == ".txt":
            yield from cases(path, folder, older)
            continue
        found = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (str(f) for f in found if f.suffix in SUFFIXES and f.is_file())


PIECES = list("\\\\\\\n\n\"'#{}()[]:=+.?$@ \t\r\u00a0é&~/") + ["\\\n", "${", "${@", "}\n", "\n#", "export "]


def mutations(files, folder, count, chance):
    """Writes mutated mixtures of the files' lines, and names them."""
    sources = [pathlib.Path(f).read_text(errors="replace").split("\n") for f in files] if count else []
    for number in range(count):
        text = ""
        for _ in range(chance.randint(1, 4)):
            lines = chance.choice(sources)
            start = chance.randrange(len(lines))
            text += "\n".join(lines[start:start + chance.randint(1, 5)]) + "\n"
        for _ in range(chance.randint(0, 5)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice([chance.choice(PIECES), ""]) + text[at + chance.randint(0, 2):]
        name = chance.choice(["t.bb", "t.bb", "t.bbclass", "t.inc", "t.conf"])
        file = folder / "mutations" / str(number) / name
        file.parent.mkdir(parents=True)
        file.write_bytes(text.encode())
        yield str(file)


def ours(program, files, older):
    """What hitz-statements prints for each file: rows, warnings, error, and errors in the tree."""
    command = [program] + (["--scarthgap"] if older else [])
    text = subprocess.run(command, input="\n".join(files) + "\n", capture_output=True, check=True,
                          encoding="utf-8", errors="surrogateescape").stdout
    result = {}
    for line in text.split("\n")[:-1]:
        entry = json.loads(line)
        if isinstance(entry, list):
            rows.append(entry)
        elif "file" in entry:
            rows, facts = [], {"warnings": []}
            result[entry["file"]] = rows, facts
        elif "warning" in entry:
            facts["warnings"].append(entry["warning"])
        else:
            facts.update(entry)
    return result


def differences(theirs, mine, made):
    """What differs, as pairs of theirs and mine. Made cases may be oddities that have no tree."""
    rows, warnings, error = theirs
    my_rows, facts = mine
    if error is not None or "error" in facts:
        my_error = facts.get("error")
        known = error is not None and any(text in error for text in COMPARED_ERRORS)
        agree = error is not None and my_error is not None
        # of the keyword's message only the first line is ours
        if not agree or (known and not error.startswith(my_error)):
            yield error, my_error
        return
    for left, right in zip(rows, my_rows):
        if left != right:
            yield left, right
    if len(rows) != len(my_rows):
        yield rows[len(my_rows):] or None, my_rows[len(rows):] or None
    warnings = [w for w in warnings if not w.startswith("addtask ")]
    my_warnings = [w for w in facts["warnings"] if not w.startswith("addtask ")]
    if sorted(warnings) != sorted(my_warnings):
        yield warnings, my_warnings
    if facts["tree_errors"] and not made:
        yield "a tree without errors", "a tree with errors"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scarthgap", action="store_true")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--mutations", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("program")
    parser.add_argument("paths", nargs="+")
    args = parser.parse_args()
    folder = os.environ.get("HITZ_REFERENCE_BITBAKE")
    if not folder:
        print("HITZ_REFERENCE_BITBAKE is not set: nothing to compare with")
        return 77
    with tempfile.TemporaryDirectory() as made:
        made = pathlib.Path(made)
        files = list(metadata(args.paths, made, args.scarthgap))
        files += mutations(files, made, args.mutations, random.Random(args.seed))
        return compare(args, folder, files)


def compare(args, folder, files):
    """Compares all files and says how it went; the exit status."""
    mine = ours(args.program, files, args.scarthgap)
    reference = Reference(folder, args.scarthgap)
    counts = collections.Counter()
    for path in files:
        theirs = reference.read(path)
        counts["statements"] += len(theirs[0])
        counts["refused files"] += theirs[2] is not None
        for left, right in differences(theirs, mine[path], path.startswith(tempfile.gettempdir())):
            counts["differences"] += 1
            if counts["differences"] <= args.show:
                print(f"{path}\n  - {left!r}\n  + {right!r}")
    print(f"{len(files)} files, {counts['statements']} statements, "
          f"{counts['refused files']} refused, {counts['differences']} differences")
    return 1 if counts["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
