# SPDX-License-Identifier: Apache-2.0
"""Task progress read from output."""

import re
import sys
import time

import bb

_COLORS = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")


def filter_color(string):
    """A text without the escape sequences of terminals."""
    return filter_color_n(string)[0]


def filter_color_n(string):
    """The same, and how many there were."""
    return _COLORS.subn("", string)


class _Stdout:
    """Whatever standard output is at the time; leaving it does not close it."""

    name = "<stdout>"

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass

    def write(self, string):
        return sys.stdout.write(string)

    def flush(self):
        sys.stdout.flush()


class ProgressHandler:
    """A file that looks for progress in what is written to it and passes it on."""

    def __init__(self, d, outfile=None):
        self._data, self._outfile = d, outfile or _Stdout()
        self._progress, self._lastevent = 0, 0

    def __enter__(self):
        self._outfile.__enter__()
        return self

    def __exit__(self, *excinfo):
        self._outfile.__exit__(*excinfo)

    def _fire_progress(self, taskprogress, rate=None):
        bb.event.fire(bb.build.TaskProgress(taskprogress, rate), self._data)

    def write(self, string):
        self._outfile.write(string)

    def flush(self):
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
    """The progress of work in stages, each with its weight; next_stage() begins the first."""

    def __init__(self, d, stage_weights, debug=False):
        self._data, total = d, sum(stage_weights)
        self._weights = [weight / total for weight in stage_weights]
        self._stage, self._stage_total, self._base, self._finished = -1, None, 0, False
        self._fire_progress(0)  # so that a bar is shown

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass

    def _fire_progress(self, taskprogress):
        bb.event.fire(bb.build.TaskProgress(taskprogress), self._data)

    def next_stage(self, stage_total=None):
        """The next stage begins; update() counts up to stage_total, or to 100."""
        self._stage += 1
        self._stage_total = stage_total
        if self._stage == 0:
            return
        if self._stage < len(self._weights):
            self._base = sum(self._weights[:self._stage]) * 100
        else:
            bb.warn("ProgressReporter: current stage beyond declared number of stages")
            self._base = 100
        self._fire_progress(self._base)

    def update(self, stage_progress):
        if self._stage < 0:
            bb.warn("ProgressReporter: update called before first call to next_stage()")
            return
        progress = self._base
        if self._stage < len(self._weights):
            progress += stage_progress * 100 / (self._stage_total or 100) * self._weights[self._stage]
        if progress:
            self._fire_progress(min(progress, 100))

    def finish(self):
        self._finished = True


class MultiStageProcessProgressReporter(MultiStageProgressReporter):
    """The same of work that is no task's: its events carry a name."""

    def __init__(self, d, processname, stage_weights, debug=False):
        self._processname, self._started = processname, False
        super().__init__(d, stage_weights, debug)

    def start(self):
        if not self._started:
            bb.event.fire(bb.event.ProcessStarted(self._processname, 100), self._data)
            self._started = True

    def _fire_progress(self, taskprogress):
        if taskprogress:
            bb.event.fire(bb.event.ProcessProgress(self._processname, taskprogress), self._data)
        else:
            self.start()

    def finish(self):
        super().finish()
        bb.event.fire(bb.event.ProcessFinished(self._processname), self._data)


class DummyMultiStageProcessProgressReporter(MultiStageProgressReporter):
    """The same for nobody."""

    def __init__(self):
        super().__init__(None, [1])

    def _fire_progress(self, taskprogress):
        """Nobody looks."""

    start = next_stage = update = lambda self, *_args: None
