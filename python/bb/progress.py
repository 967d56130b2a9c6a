# SPDX-License-Identifier: Apache-2.0
"""Task progress read from output."""

import re


class ProgressHandler:
    """A file that looks for progress in what is written to it and passes it on."""

    def __init__(self, d, outfile=None):
        self._d, self._outfile = d, outfile
        self.percent = -1

    def write(self, string):
        if self._outfile:
            self._outfile.write(string)

    def flush(self):
        if self._outfile:
            self._outfile.flush()

    def update(self, progress, rate=None):
        self.percent = progress


class BasicProgressHandler(ProgressHandler):
    """Looks for "NN%"."""

    def __init__(self, d, regex=r"(\d+)%", outfile=None):
        super().__init__(d, outfile)
        self._regex = re.compile(regex)

    def write(self, string):
        found = self._regex.findall(string)
        if found:
            self.update(int(found[-1]))
        super().write(string)


class OutOfProgressHandler(ProgressHandler):
    """Looks for "N out of M"."""

    def __init__(self, d, regex, outfile=None):
        super().__init__(d, outfile)
        self._regex = re.compile(regex)

    def write(self, string):
        found = self._regex.findall(string)
        if found and int(found[-1][1]):
            self.update(100 * int(found[-1][0]) // int(found[-1][1]))
        super().write(string)
