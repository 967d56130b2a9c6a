# SPDX-License-Identifier: Apache-2.0
"""For a Python that is not hitz's own: the program that imports bb begins again inside hitz, with the same words,
folder and environment. Scripts of layers are written for a python3 that finds bb beside the bitbake on PATH."""

import json
import os
import sys
import sysconfig

# Options of python3 that take the next word, and those that end its own words.
_WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")


def program(words):
    """What python3 was started for: ("file", [path, words…]), ("text", [text, words…]), ("module", [name, words…]).
    None where it reads its program from a terminal or a pipe: that cannot be read again."""
    rest = list(words[1:])
    while rest:
        word = rest.pop(0)
        if word in _WITH_VALUE:
            rest.pop(0)
        elif word == "-" or not word.startswith("-"):
            return None if word == "-" else ("file", [word] + rest)
        elif word.startswith("--"):
            continue
        else:  # letters, the last of which may be c or m with its value behind it or in the next word
            for place, letter in enumerate(word[1:], 2):
                if letter in "cm":
                    value = word[place:] or rest.pop(0)
                    return ("text" if letter == "c" else "module", [value] + rest)
                if letter in "WX":
                    if not word[place:]:
                        rest.pop(0)
                    break
    return None


def _hitz(folder):
    """hitz's program for the folder that holds its Python."""
    above = os.path.dirname(folder)
    candidates = [os.environ.get("HITZ_PROGRAM", ""), os.path.join(above, "build", "hitz"), os.path.join(above, "bin", "hitz"),
                  os.path.join(above, "..", "..", "bin", "hitz")]
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


def begin_again():
    """Never comes back where it can be done. Raises ImportError where not."""
    folder = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    kind = program(sys.orig_argv)
    if kind is None or sys.flags.interactive or sys.flags.inspect:
        raise ImportError("hitz's bb needs a program in a file: run it by 'hitz python FILE'")
    hitz = _hitz(folder)
    if hitz is None:
        raise ImportError("hitz's bb needs hitz itself, which is not built: neither build/hitz nor bin/hitz is beside " + folder)
    own = {os.path.realpath(path) for path in sysconfig.get_paths().values()}
    own |= {os.path.join(path, "lib-dynload") for path in own}
    # The folder of the program itself comes first in any Python; hitz.inside puts it there.
    path = [os.path.abspath(entry) for entry in sys.path[0 if sys.flags.safe_path or sys.flags.isolated else 1:]
            if entry and os.path.realpath(entry) not in own and not entry.endswith(".zip") and os.path.realpath(entry) != folder]
    facts = {"path": path, "version": sys.version_info[:2], "prefix": [sys.prefix, sys.base_prefix], "executable": sys.executable, "words": sys.orig_argv,
             "unbuffered": getattr(sys.stdout, "write_through", False), "bytecode": not sys.dont_write_bytecode}
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(hitz, [hitz, "python", "-m", "hitz.inside", json.dumps(facts), kind[0], *kind[1]])
