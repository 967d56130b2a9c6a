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


class LineFilterProgressHandler(ProgressHandler):
    """Passes on only the lines that writeline() wants; carriage returns begin lines anew."""

    def __init__(self, d, outfile=None):
        super().__init__(d, outfile)
        self._rest = ""

    def write(self, string):
        *lines, self._rest = (self._rest + string).split("\n")
        for line in lines:
            if self.writeline(line.rstrip("\r").rsplit("\r", 1)[-1]):
                super().write(line + "\n")

    def writeline(self, line):
        return True


class MultiStageProgressReporter:
    """The progress of work in stages, each with its weight."""

    def __init__(self, d, stage_weights, debug=False):
        total = sum(stage_weights)
        self._weights = [weight / total for weight in stage_weights]
        self._stage, self._stage_total, self.percent = -1, None, 0

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.finish()

    def _fire_progress(self, taskprogress):
        """For those who pass progress on."""

    def _reach(self, part):
        done = sum(self._weights[:max(self._stage, 0)])
        if 0 <= self._stage < len(self._weights):
            done += self._weights[self._stage] * part
        percent = min(100, int(done * 100))
        if percent > self.percent:
            self.percent = percent
            self._fire_progress(percent)

    def next_stage(self, stage_total=None):
        self._stage += 1
        self._stage_total = stage_total
        self._reach(0)

    def update(self, stage_progress):
        if self._stage_total:
            self._reach(stage_progress / self._stage_total)
        else:
            self._reach(stage_progress / 100)

    def finish(self):
        self._stage = len(self._weights)
        self._reach(1)
