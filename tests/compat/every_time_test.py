#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What hitz answers itself of inline Python (literal calls, pure expressions whose variables are the same) is what
Python says when it is asked every time: every variable, flag, dependency and hash of every recipe.

every_time_test.py HITZ SOURCE_ROOT [LAYER...]; without layers, hitz's own core layer, and OE-core where
HITZ_REFERENCE_OECORE names it."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from graph_test import make_build_directory
from values_test import make_build_directory_of


def dumped(hitz, build, every_time):
    """The lines of a dump, in the order in which they came, as digests."""
    env = {"PATH": os.environ["PATH"], "HOME": str(build), "LC_ALL": "en_US.UTF-8"}
    if every_time:
        env["HITZ_PYTHON_EVERY_TIME"] = "1"
    run = subprocess.Popen([hitz, "dump", "--digest"], cwd=build, env=env, stdout=subprocess.PIPE)
    out = [(line[:200], hashlib.sha256(line).digest()) for line in run.stdout]
    assert run.wait() == 0, "hitz dump gave %d" % run.returncode
    return out


def same_both_ways(hitz, make):
    with tempfile.TemporaryDirectory() as folder:
        build = pathlib.Path(folder) / "build"
        make(build)
        with open(build / "conf" / "local.conf", "a") as file:
            file.write('DATE:forcevariable = "20260101"\nTIME:forcevariable = "000000"\nDATETIME:forcevariable = "20260101000000"\n'
                       'PID:forcevariable = "1"\n')
        dumps = [dumped(hitz, build, False)]
        shutil.rmtree(build / "cache")
        dumps.append(dumped(hitz, build, True))
    assert dumps[0] and len(dumps[0]) == len(dumps[1]), "%d and %d records" % (len(dumps[0]), len(dumps[1]))
    different = [one[0] for one, other in zip(*dumps) if one[1] != other[1]]
    for line in different[:10]:
        print("differs: %s" % line.decode(errors="replace"))
    print("%d of %d recipes are the same" % (len(dumps[0]) - len(different), len(dumps[0])))
    return not different


def main():
    hitz, root, *layers = sys.argv[1:]
    hitz = os.path.abspath(hitz)
    oecore = os.environ.get("HITZ_REFERENCE_OECORE")
    made = [lambda build: make_build_directory_of(build, layers, "qemux86-64")] if layers else [
        lambda build: make_build_directory(build, pathlib.Path(root).resolve() / "recipes")]
    if oecore and not layers:
        made.append(lambda build: make_build_directory_of(build, [os.path.join(oecore, "meta")], "qemux86-64"))
    return 0 if all([same_both_ways(hitz, make) for make in made]) else 1


if __name__ == "__main__":
    sys.exit(main())
