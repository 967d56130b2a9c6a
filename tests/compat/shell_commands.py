#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the commands hitz finds in the shell functions of layers with a reference BitBake.

usage: shell_commands.py HITZ-TESTS FOLDER...
HITZ_REFERENCE_BITBAKE      a BitBake tree of the newer release
HITZ_REFERENCE_BITBAKE_OLD  one of the older release, when its rules are to be compared too
"""

import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FUNCTION = re.compile(
    r"^(?:fakeroot[ \t]+)?[\w.+/${}:@-]+[ \t]*\(\)[ \t]*\{[ \t]*\n(.*?)^\}", re.MULTILINE | re.DOTALL
)
PYTHON = re.compile(r"\$\{@.*?\}", re.DOTALL)
VARIABLE = re.compile(r"\$\{[\w:.+/-]+\}")


def shell_texts(folders):
    """Bodies of shell functions: as written, and as expansion would leave them."""
    texts = set()
    for folder in folders:
        for file in pathlib.Path(folder).rglob("*"):
            if file.suffix not in (".bb", ".bbclass", ".bbappend", ".inc"):
                continue
            for match in FUNCTION.finditer(file.read_text(errors="replace")):
                body = match[1]
                plain = PYTHON.sub("word", body)
                texts |= {body, plain, VARIABLE.sub("/some/path", plain)}
                texts |= {plain.rstrip("\n"), "\n" + plain}
    fences = re.compile(r"^(====|----)", re.MULTILINE)
    return sorted(text for text in texts if not fences.search(text))


def answers(bitbake, texts):
    """What a BitBake tree answers to each text; run in a process of its own, for its imports."""
    sys.path.insert(0, os.path.join(bitbake, "lib"))
    sys.dont_write_bytecode = True
    import bb.codeparser
    import bb.event

    bb.event._uiready = 1
    logging.getLogger("BitBake").propagate = False
    log = logging.getLogger("BitBake.compat")
    out = []
    for text in texts:
        try:
            out.append("\n".join(sorted(bb.codeparser.ShellParser("f", log).parse_shell(text))))
        except Exception:
            out.append("error")
    return out


def asked(bitbake, texts):
    """The answers of a BitBake tree, by a child."""
    child = subprocess.run(
        [sys.executable, os.path.abspath(__file__), "--answers", bitbake],
        input=json.dumps(texts), stdout=subprocess.PIPE, text=True, check=True,
    )
    return json.loads(child.stdout.splitlines()[-1])


def main():
    if sys.argv[1] == "--answers":
        print("\n" + json.dumps(answers(sys.argv[2], json.load(sys.stdin))))
        return 0
    texts = shell_texts(sys.argv[2:])
    new = asked(os.environ["HITZ_REFERENCE_BITBAKE"], texts)
    old_tree = os.environ.get("HITZ_REFERENCE_BITBAKE_OLD")
    old = asked(old_tree, texts) if old_tree else None
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as cases:
        for number, text in enumerate(texts):
            cases.write(f"==== {number}\n{text}\n---- wrynose\n{new[number]}\n")
            if old:
                cases.write(f"---- scarthgap\n{old[number]}\n")
        cases.flush()
        print(f"{len(texts)} texts, {new.count('error')} of them refused by BitBake")
        environment = dict(os.environ, HITZ_SHELL_CASES=cases.name)
        return subprocess.run([sys.argv[1], "[.shell-compat]"], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
