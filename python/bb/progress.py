# SPDX-License-Identifier: Apache-2.0
"""Task progress read from output."""

import re
import time

import bb

_COLORS = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")


def filter_color(string):
    """A text without the escape sequences of terminals."""
    return filter_color_n(string)[0]


def filter_color_n(string):
    """The same, and how many there were."""
    return _COLORS.subn("", string)


class ProgressHandler:
    """A file that looks for progress in what is written to it and passes it on."""

    def __init__(self, d, outfile=None):
        self._data, self._outfile = d, outfile
        self._progress, self._lastevent = 0, 0

    def __enter__(self):
        if self._outfile:
            self._outfile.__enter__()
        return self

    def __exit__(self, *excinfo):
        if self._outfile:
            self._outfile.__exit__(*excinfo)

    def _fire_progress(self, taskprogress, rate=None):
        bb.event.fire(bb.build.TaskProgress(taskprogress, rate), self._data)

    def write(self, string):
        if self._outfile:
            self._outfile.write(string)

    def flush(self):
        if self._outfile:
            self._outfile.flush()

    def update(self, progress, rate=None):
        """Tells what is new, or what is not once a second."""
        progress, now = min(progress, 100), time.time()
        if progress != self._progress or self._lastevent + 1 < now:
            self._fire_progress(progress, rate)
            self._progress, self._lastevent = progress, now


class BasicProgressHandler(ProgressHandler):
    """Looks for "NN%"."""

    def __init__(self, d, regex=r"(\d+)%", outfile=None):
        super().__init__(d, outfile)
        self._regex = re.compile(regex)
        self._fire_progress(0)  # so that a bar is shown

    def write(self, string):
        found = self._regex.findall(filter_color(string))
        if found:
            self.update(int(found[-1]))
        super().write(string)


class OutOfProgressHandler(ProgressHandler):
    """Looks for "N out of M"."""

    def __init__(self, d, regex, outfile=None):
        super().__init__(d, outfile)
        self._regex = re.compile(regex)
        self._fire_progress(0)

    def write(self, string):
        found = self._regex.findall(filter_color(string))
        if found and int(found[-1][1]):
            self.update(float(found[-1][0]) / float(found[-1][1]) * 100)
        super().write(string)


class LineFilterProgressHandler(ProgressHandler):
    """Passes on only the lines that writeline() wants; carriage returns begin lines anew."""

    def __init__(self, d, outfile=None):
        super().__init__(d, outfile)
        self._linebuffer = ""

    def write(self, string):
        self._linebuffer += string
        while end := self._linebuffer.find("\n") + 1 or self._linebuffer.find("\r") + 1:
            line, self._linebuffer = self._linebuffer[:end], self._linebuffer[end:]
            start = line.rfind("\r") + 1
            if start != end:
                line = line[start:]
            if self.writeline(filter_color(line)):
                super().write(line)

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
