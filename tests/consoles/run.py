#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The consoles' layers: built with a built hitz, run in emulators without a screen.

  run.py HITZ [CONSOLE...]     all consoles, or these

HITZ_TEST_DIR: where to build (a new folder, removed at the end); HITZ_TEST_DOWNLOADS: where sources are kept; HITZ_TEST_ARTEFACTS:
where screenshots go (build/consoles); HITZ_REFERENCE_BITBAKE: a BitBake to compare with, by a user who is not root.
A line per test with its time and the processors' own; what this machine cannot do is "not run". At the end "consoles: N passed, N
failed, N not run"."""

import os
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True

import support
import games, builds, refusals, discs, sdks, new_games, sounds  # noqa: each adds its tests, in this order

if os.environ.get("HITZ_REFERENCE_BITBAKE"):
    import reference  # noqa: the same


def processor_time():
    """Seconds that this process and those that it has waited for have used."""
    return sum(os.times()[:4])


def main():
    counts = {"ok": 0, "FAILED": 0, "not run": 0}
    os.makedirs(support.ARTEFACTS, exist_ok=True)
    for name, function in support.TESTS:
        start, used, told = time.time(), processor_time(), ""
        try:
            function()
            result = "ok"
        except support.NotRun as reason:
            result, told = "not run", "  " + str(reason)
        except Exception:
            result, told = "FAILED", "\n" + traceback.format_exc()
        counts[result] += 1
        print("%-8s%s (%.1f s, %.1f s of processors)%s" % (result, name, time.time() - start, processor_time() - used, told), flush=True)
    if not os.environ.get("HITZ_TEST_DIR"):
        # Some disks take minutes for it: nobody needs to wait for that.
        subprocess.Popen(["nice", "rm", "-rf", support.WORK], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    print("%.0f s of processors" % processor_time())
    print("consoles: %d passed, %d failed, %d not run" % tuple(counts.values()))
    return 1 if counts["FAILED"] or not counts["ok"] else 0


if __name__ == "__main__":
    sys.exit(main())
