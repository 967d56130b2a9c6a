# SPDX-License-Identifier: Apache-2.0
"""lz4 files."""

from bb.compress._pipe import open_pipe


def open(filename, mode="rb", *, compresslevel=1, encoding=None, errors=None, newline=None, stderr=None):
    """A file object for an lz4 file."""
    return open_pipe(["lz4c", "-z", "-c", "-%d" % compresslevel], ["lz4c", "-d", "-c"], filename, mode, encoding, errors, newline, stderr)
