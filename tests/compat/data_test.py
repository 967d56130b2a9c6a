#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The reference BitBake's datastore answers tests/corpus/data as hitz does.

data_test.py SOURCE_ROOT; without HITZ_REFERENCE_BITBAKE it is skipped. Of an error only that there is one is
compared, of warnings nothing; a case whose name ends in "(differs)" is a deliberate difference."""

import logging
import os
import pathlib
import sys
import tempfile

SKIPPED = 77


def cases(path):
    """(name, text, command, answer) of a corpus file."""
    preface, _, rest = ("\n" + path.read_text()).partition("\n==== ")
    for case in rest.split("\n==== "):
        name, _, body = case.partition("\n")
        question, _, answer = ("\n" + body + "\n").partition("\n----\n")
        text, _, command = question.rpartition("\n$ ")
        yield name, preface.lstrip("\n") + ("\n" if preface.strip() else "") + text.lstrip("\n") + "\n", command, answer.rstrip("\n") + "\n"


def shown(value):
    if value is None:
        return " is not set\n"
    return ' = "%s"\n' % value if isinstance(value, str) else " = %d\n" % value


def flags_of(d, name):
    flags = {f: d.getVarFlag(name, f) for f in d.getVarFlags(name) or {}}
    if not flags:
        return name + " has no flags\n"
    return "".join("%s[%s]%s" % (name, flag, shown(flags[flag])) for flag in flags)


def history_of(d, name):
    out = ""
    for entry in d.varhistory.variable(name):
        flag = " [%s]" % entry["flag"] if entry.get("flag") else ""
        out += '%s: %s%s "%s" at %s:%s\n' % (name, entry["op"], flag, entry["detail"], entry["file"], entry["line"])
    return out or name + " has no history\n"


def answer(bb, text, command):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "test.conf")
        pathlib.Path(path).write_text(text)
        d = bb.data.init()
        d.enableTracking()
        try:
            bb.parse.handle(path, d, True)
            verb, *names = command.split()
            if verb == "overrides":
                d.need_overrides()
                return " ".join(d.overrides) + "\n"
            if verb == "keys":
                bb.data.expandKeys(d)
            do = {"get": lambda n: n + shown(d.getVar(n)), "keys": lambda n: n + shown(d.getVar(n)),
                  "raw": lambda n: n + shown(d.getVar(n, False)), "flags": lambda n: flags_of(d, n), "history": lambda n: history_of(d, n)}[verb]
            return "".join(do(name) for name in names).replace(folder, "")
        except BaseException as error:  # bb.fatal() is one that leaves
            return "error: %s\n" % error


def main():
    reference = os.environ.get("HITZ_REFERENCE_BITBAKE")
    if not reference:
        print("skipped: HITZ_REFERENCE_BITBAKE names no BitBake")
        return SKIPPED
    sys.path.insert(0, os.path.join(reference, "lib"))
    import bb
    import bb.data
    import bb.parse
    import bb.siggen
    bb.parse.siggen = bb.siggen.init(bb.data.init())
    logging.disable(logging.CRITICAL)
    different = 0
    for path in sorted(pathlib.Path(sys.argv[1], "tests", "corpus", "data").glob("*.txt")):
        for name, text, command, expected in cases(path):
            told = answer(bb, text, command)
            expected = "".join(line for line in expected.splitlines(True) if not line.startswith("warning: "))
            both_fail = told.startswith("error:") and expected.startswith("error:")
            if told == expected or both_fail or name.endswith("(differs)"):
                continue
            different += 1
            print("%s: %s\n$ %s\nthe reference: %s        hitz: %s" % (path.name, name, command, told, expected))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
