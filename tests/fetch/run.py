# SPDX-License-Identifier: Apache-2.0
"""The tests of bb.fetch2, against servers and repositories of this machine.

    hitz python tests/fetch/run.py [WORD...]      every test, or those whose names hold one of these words

A line per test; at the end "fetch: N passed, N failed, N skipped". Exit status 1 when one failed."""

import contextlib
import io
import logging
import os
import shutil
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bb

signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # the servers here write to clients that are gone
# What the fetchers say on the way is not the test's.
bb.logger.handlers[:] = [logging.NullHandler()]
bb.logger.propagate = False

import support
import checksums, mirrors, servers, repositories, registries, revisions, tools, unpacking  # noqa: each adds its tests, in this order

from bb.fetch2 import transfer
transfer.WAITS = (0.02, 0.05)


def main():
    counts = {"ok": 0, "FAILED": 0, "skipped": 0}
    for name, function in support.TESTS:
        if sys.argv[1:] and not any(word in name for word in sys.argv[1:]):
            continue
        start, told = time.time(), ""
        lacking = [program for program in getattr(function, "needs", ()) if shutil.which(program) is None]
        if lacking:
            result, told = "skipped", "  there is no %s" % " ".join(lacking)
        else:
            try:
                with contextlib.redirect_stdout(io.StringIO()):  # what tools tell of their progress
                    function()
                result = "ok"
            except Exception:
                result, told = "FAILED", "\n" + traceback.format_exc()
        counts[result] += 1
        print("%-8s%s (%.1f s)%s" % (result, name, time.time() - start, told), flush=True)
    print("fetch: %d passed, %d failed, %d skipped" % tuple(counts.values()))
    return 1 if counts["FAILED"] or not counts["ok"] else 0


sys.exit(main())
