#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks tests/corpus/signature_base.txt against reference BitBakes, or writes their answers there.

usage: base_hashes.py CORPUS
HITZ_REFERENCE_BITBAKE      a BitBake tree of the newer release
HITZ_REFERENCE_BITBAKE_OLD  one of the older release
HITZ_ACCEPT=1               rewrites the corpus instead of comparing
"""

import hashlib
import io
import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile

IGNORE = re.compile(r'^BB_BASEHASH_IGNORE_VARS = "(.*)"$', re.MULTILINE)


def escaped(text):
    """One line for a text of several."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def read_cases(text):
    """Pairs of title and recipe; the preamble before the first case comes first."""
    preamble, *cases = re.split(r"^====", text, flags=re.MULTILINE)
    pairs = []
    for case in cases:
        title, _, rest = case.partition("\n")
        pairs.append((title.strip(), re.split(r"^----.*\n", rest, flags=re.MULTILINE)[0]))
    return preamble, pairs


def answer(bb, recipe, folder):
    """What BitBake hashes for every task, and the run script of the shell ones."""
    data = bb.data.init()
    data.setVar("BBPATH", folder)
    data.setVar("__bbclasstype", "recipe")
    ignore = IGNORE.search(recipe)
    data.setVar("BB_BASEHASH_IGNORE_VARS", ignore[1] if ignore else "")
    data.setVar("__exportlist", set())
    data.setVar("BB_SIGNATURE_HANDLER", "basic")
    bb.parse.siggen = bb.siggen.init(data)
    bb.parse.BBHandler.cached_statements.clear()
    bb.parse.clear_cache()
    file = pathlib.Path(folder, "x_1.0.bb")
    file.write_text(recipe)
    done = bb.parse.handle(str(file), data, 0)[""]
    hashes = done.getVar("__siggen_basehashes", False)
    values = done.getVar("__siggen_varvals", False)
    names = done.getVar("__siggen_taskdeps", False)
    lines = []
    for task in sorted(hashes):
        text = (values[task] or "") + "".join(
            name + (str(values[name]) if values[name] is not None else "")
            for name in sorted(names[task])
        )
        assert hashlib.sha256(text.encode()).hexdigest() == hashes[task]
        lines += [f"task {task} {hashes[task]}", " ".join(["names", *sorted(names[task])])]
        lines.append(f"data {escaped(text)}")
        if done.getVarFlag(task, "func", False) and not done.getVarFlag(task, "python", False):
            script = io.StringIO()
            bb.data.emit_func(task, script, done)
            lines.append(f"script {escaped(script.getvalue().replace(folder, '/layer'))}")
    return "\n".join(lines)


def answers(bitbake, recipes):
    """The answers of one BitBake tree; run in a process of its own, for its imports."""
    sys.path.insert(0, os.path.join(bitbake, "lib"))
    sys.dont_write_bytecode = True
    import bb
    import bb.build
    import bb.codeparser
    import bb.data
    import bb.event
    import bb.parse
    import bb.siggen
    import bb.utils

    bb.event._uiready = 1
    logging.getLogger("BitBake").propagate = False
    out = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for recipe in recipes:
            try:
                out.append(answer(bb, recipe, folder))
            except Exception as error:
                out.append("error")
                print(type(error), error, file=sys.stderr)
    return out


def asked(bitbake, recipes):
    """The answers of a BitBake tree, by a child."""
    child = subprocess.run(
        [sys.executable, os.path.abspath(__file__), "--answers", bitbake],
        input=json.dumps(recipes), stdout=subprocess.PIPE, text=True, check=True,
    )
    return json.loads(child.stdout.splitlines()[-1])


def main():
    if sys.argv[1] == "--answers":
        print("\n" + json.dumps(answers(sys.argv[2], json.load(sys.stdin))))
        return 0
    corpus = pathlib.Path(sys.argv[1])
    preamble, cases = read_cases(corpus.read_text())
    recipes = [recipe for _, recipe in cases]
    new = asked(os.environ["HITZ_REFERENCE_BITBAKE"], recipes)
    old = asked(os.environ["HITZ_REFERENCE_BITBAKE_OLD"], recipes)
    text = preamble
    for (title, recipe), mine, theirs in zip(cases, new, old):
        text += f"==== {title}\n{recipe}"
        if mine == theirs:
            text += f"----\n{mine}\n"
        else:
            text += f"---- wrynose\n{mine}\n---- scarthgap\n{theirs}\n"
    if os.environ.get("HITZ_ACCEPT") == "1":
        corpus.write_text(text)
        return 0
    if text == corpus.read_text():
        print(f"{len(cases)} cases stand as both releases answer them")
        return 0
    print("the corpus is not what BitBake answers; HITZ_ACCEPT=1 rewrites it")
    return 1


if __name__ == "__main__":
    sys.exit(main())
