#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What 'bitbake -n' of hitz and of the reference would do where two thirds of the shared results are there.

dry_runs.py HITZ [TARGET...]

HITZ is a link named bitbake. Both run in one build directory of OE-core (qemux86-64, no distro), so that hashes are the same; files
by the names of the shared results that hitz misses are put there, empty, every third left out. Compared are the tasks and
setscene tasks that run, and the summary of shared results. HITZ_REFERENCE_BITBAKE and HITZ_REFERENCE_OECORE name the
reference; without them this is skipped."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib

import oecore_graphs

MORE = 'DATE:forcevariable = "20260101"\nTIME:forcevariable = "000000"\n'


def told(program, build, *words):
    env = {"PATH": os.environ["PATH"], "HOME": str(build), "LC_ALL": "en_US.UTF-8", "USER": os.environ.get("USER", "")}
    done = subprocess.run([str(program), *words], cwd=build, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit("%s %s\n%s" % (program, " ".join(words), done.stdout[-4000:]))
    return done.stdout


def put_results(text):
    """Files where hitz looked for shared results in vain, but for every third; how many."""
    places = sorted(set(re.findall(r"Looked for but didn't find file (\S+)", text)))
    wanted = [place for place in places if zlib.crc32(os.path.basename(place).encode()) % 3]
    for place in wanted:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        for name in (place, place + ".siginfo"):
            pathlib.Path(name).touch()
    return len(wanted), len(places)


def runs(text):
    """The tasks that run, without their numbers, and the summary."""
    tasks = {re.sub(r" \d+ of \d+", "", line) for line in re.findall(r"Running (?:noexec )?(?:setscene )?task .*", text)}
    return tasks, re.findall(r"Sstate summary: .*", text)


def main():
    reference, layer = os.environ.get("HITZ_REFERENCE_BITBAKE"), os.environ.get("HITZ_REFERENCE_OECORE")
    if not reference or not layer or os.getuid() == 0:
        print("skipped: HITZ_REFERENCE_BITBAKE or HITZ_REFERENCE_OECORE names nothing, or BitBake does not run as root")
        return oecore_graphs.SKIPPED
    hitz, bitbake = pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(reference) / "bin" / "bitbake"
    same = True
    with tempfile.TemporaryDirectory(prefix="hitz-dry-") as folder:
        build = oecore_graphs.build_directory(pathlib.Path(folder) / "build", layer, MORE)
        for target in sys.argv[2:] or ["zlib"]:
            there, places = put_results(told(hitz, build, "-DD", "-n", target))
            (ours, our_summary), (theirs, their_summary) = (runs(told(program, build, "-n", target)) for program in (hitz, bitbake))
            for line in sorted(theirs - ours)[:20]:
                print("only BitBake: " + line)
            for line in sorted(ours - theirs)[:20]:
                print("only hitz: " + line)
            equal = ours == theirs and our_summary == their_summary
            print("%s with %d of %d results: %d tasks of BitBake, %d of hitz, %s; %s"
                  % (target, there, places, len(theirs), len(ours), "equal" if equal else "DIFFERENT", " ".join(our_summary)))
            same = same and equal
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
