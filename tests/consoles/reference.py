# SPDX-License-Identifier: Apache-2.0
"""The reference BitBake reads the same layers: it computes the same of them, and builds the same images."""

import os
import subprocess
import sys

from support import HITZ, ROOT, WORK, NotRun, Place, built, digest, for_each_console, test

COMPAT = os.path.join(ROOT, "tests", "compat")


def bitbake_environment():
    if os.getuid() == 0:
        raise NotRun("BitBake does not run as root")
    reference = os.environ["HITZ_REFERENCE_BITBAKE"]
    return {"HOME": WORK, "USER": "builder", "LC_ALL": "en_US.UTF-8", "PATH": reference + "/bin:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": reference + "/lib", "PYTHONDONTWRITEBYTECODE": "1"}


def checked(command, **how):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **how)
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@for_each_console
def bitbake_computes_the_same(console):
    environment = bitbake_environment()
    place = Place("reference-" + console, [console])
    theirs, ours = os.path.join(place.folder, "theirs"), os.path.join(place.folder, "ours")
    checked(["python3", os.path.join(COMPAT, "bitbake_dump.py"), "--jobs", "1", "--digest", "-o", theirs], cwd=place.build, env=environment)
    with open(ours, "w") as out:
        subprocess.run([HITZ, "dump", "--digest"], cwd=place.build, env=environment, stdin=subprocess.DEVNULL, stdout=out, check=True)
    told = checked([sys.executable, os.path.join(COMPAT, "compare_dumps.py"), theirs, ours])
    print("  " + told.splitlines()[-1])


@for_each_console
def bitbake_builds_the_same_game(console):
    environment = bitbake_environment()
    if console not in ("gba", "gb", "nes"):
        raise NotRun("its run-time library comes by debsrc://, which BitBake does not know")
    here = built(console)
    place = Place("reference-build-" + console, [console])
    checked(["bitbake", "retro-game"], cwd=place.build, env=environment)
    for name, value in place.images(console).items():
        assert value == digest(here.deployed(console, name)), name


@test
def bitbake_makes_a_new_game_and_builds_it():
    environment = bitbake_environment()
    place = Place("reference-new-game", ["gba"], like=built("gba"))
    checked(["bitbake-layers", "create-game", os.path.join(place.folder, "comet"), "--consoles", "gba"], cwd=place.build, env=environment)
    checked(["bitbake", "mc:gba:comet"], cwd=place.build, env=environment)
    theirs = place.images("gba")["comet-gba.gba"]
    os.rename(os.path.join(place.build, "tmp"), os.path.join(place.build, "theirs"))
    place.hitz("build", "mc:gba:comet")
    assert place.images("gba")["comet-gba.gba"] == theirs
