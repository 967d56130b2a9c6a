# SPDX-License-Identifier: Apache-2.0
"""zstd files; several threads when pzstd is there."""

import shutil

from bb.compress._pipe import open_pipe


def open(filename, mode="rb", *, num_threads=1, compresslevel=3, encoding=None, errors=None, newline=None, stderr=None):
    """A file object for a zstd file."""
    program = ["zstd", "-T%d" % num_threads]
    if num_threads != 1 and shutil.which("pzstd"):
        program = ["pzstd", "-p", "%d" % num_threads]
    level = ["-%d" % compresslevel] if compresslevel < 20 else ["--ultra", "-%d" % compresslevel]
    return open_pipe(program + ["-q", "-c"] + level, program + ["-q", "-d", "-c"], filename, mode, encoding, errors, newline, stderr)
