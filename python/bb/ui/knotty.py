# SPDX-License-Identifier: Apache-2.0
"""The progress bar that scripts borrow from BitBake's user interface."""

import sys


class BBProgress:
    """A bar on a terminal, "TITLE...done." anywhere else."""

    def __init__(self, msg, maxval, widgets=None, extrapos=-1, resize_handler=None):
        self.msg, self.maxval, self.currval = msg, maxval, 0

    def start(self, update=True):
        if not sys.stdout.isatty():
            sys.stdout.write("%s..." % self.msg)
            sys.stdout.flush()
        elif update:
            self.update(0)
        return self

    def update(self, value, extra=None):
        self.currval = value
        if sys.stdout.isatty():
            share = min(1.0, value / self.maxval) if self.maxval else 1.0
            sys.stdout.write("\r%s: %3d%% |%s|" % (self.msg, 100 * share, ("#" * int(40 * share)).ljust(40)))
            sys.stdout.flush()

    def finish(self):
        if sys.stdout.isatty():
            self.update(self.maxval)
        sys.stdout.write("\n" if sys.stdout.isatty() else "done.\n")
        sys.stdout.flush()
