#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole builds with a built hitz.

  run.py HITZ [NAME...]      every test, or those whose names hold one of these words

HITZ_TEST_DIR: where to build (a new folder, removed at the end); HITZ_TEST_DOWNLOADS: where sources are kept.
Prints a line per test and at the end "e2e: N passed, N failed"."""

import os
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True

import support
import wrong_input, looking, commands, signing, terminal, running, scripting, core_image, classes, sysroots  # noqa: each adds its tests, in this order


def main():
    chosen = [t for t in support.TESTS if not sys.argv[2:] or any(word in t.__name__ for word in sys.argv[2:])]
    passed = failed = 0
    os.makedirs(support.DOWNLOADS, exist_ok=True)
    for function in chosen:
        start = time.time()
        try:
            function()
            passed += 1
            print("ok      %s (%.1f s)" % (function.__name__.replace("_", " "), time.time() - start), flush=True)
        except Exception:
            failed += 1
            print("FAILED  %s\n%s" % (function.__name__.replace("_", " "), traceback.format_exc()), flush=True)
    if not os.environ.get("HITZ_TEST_DIR"):
        # Some disks take minutes for the trees of a few kernels: nobody needs to wait for that.
        subprocess.Popen(["nice", "rm", "-rf", support.WORK], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, start_new_session=True)
    print("e2e: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
