#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The reference's tests of its run queue, which drive the command line, run with hitz as bitbake.

runqueue_test.py HITZ

HITZ_REFERENCE_BITBAKE names the reference; without it this is skipped. MISSING names the tests that hitz has no answer to;
each of them must fail, so that the list stays true, and every other one must pass."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
MISSING = {
    "test_multiconfig_setscene_optimise": "what one configuration has built is not taken for another's in the same run",
}


def main():
    reference = os.environ.get("HITZ_REFERENCE_BITBAKE")
    if not reference:
        print("skipped: HITZ_REFERENCE_BITBAKE names no BitBake")
        return SKIPPED
    tests = pathlib.Path(reference) / "lib/bb/tests"
    with tempfile.TemporaryDirectory(prefix="hitz-runqueue-") as folder:
        place = pathlib.Path(folder)
        shutil.copy(tests / "runqueue.py", place / "runqueue.py")
        shutil.copytree(tests / "runqueue-tests", place / "runqueue-tests")
        (place / "bin").mkdir()
        (place / "bin" / "bitbake").symlink_to(pathlib.Path(sys.argv[1]).absolute())
        env = {"PATH": "%s:%s" % (place / "bin", os.environ["PATH"]), "HOME": folder, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, "-m", "unittest", "runqueue"], cwd=folder, env=env, capture_output=True, text=True)
    told = done.stdout + done.stderr
    ran = re.search(r"^Ran (\d+) tests", told, re.MULTILINE)
    if not ran:
        sys.exit("the tests did not end\n" + told[-4000:])
    failed = set(re.findall(r"^(?:FAIL|ERROR): (test_\w+) ", told, re.MULTILINE))
    for name in sorted(failed - MISSING.keys()):
        print("FAILED  " + name)
    for name in sorted(MISSING.keys() - failed):
        print("passes, though it is said to be missing: " + name)
    print("%s tests, %d passed, %d known to be missing" % (ran.group(1), int(ran.group(1)) - len(failed), len(failed & MISSING.keys())))
    return 0 if failed == set(MISSING) else 1


if __name__ == "__main__":
    sys.exit(main())
