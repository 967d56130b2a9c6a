# SPDX-License-Identifier: Apache-2.0
"""What the process of a task asks of Python: its environment, its events, and progress that is read from output."""

import builtins
import functools
import gc
import io
import os
import resource  # noqa: F401: every task's process needs it for buildstats, and has it by this
import sys
import traceback
import types

import bb
import bb.build
import bb.event
import bb.progress
import hitz.waiting
from hitz import import_ahead

flush = bb.utils._flush
set_environment = bb.utils._set_environment

_TASK_EVENTS = {"bb.build.TaskStarted", "bb.build.TaskSucceeded", "bb.build.TaskFailed", "bb.build.TaskFailedSilent"}
_ready = set()  # code of handlers

_progress = None

hitz.waiting.have_patience()


def know_environment(*names_and_values) -> None:
    """The process has a new environment: os.environ is what Python was started with."""
    known = os.environ._data  # os.environb's too
    known.clear()
    known.update(zip(map(os.fsencode, names_and_values[::2]), map(os.fsencode, names_and_values[1::2])))


def settle() -> None:
    """What is there by now stays: a task's process that looks for garbage need not go through it all. What handlers of
    tasks' events import is there as well."""
    for function, mask, _ in bb.event._handlers.values():
        if function.__code__ not in _ready and (not mask or not mask.isdisjoint(_TASK_EVENTS)):
            import_ahead.import_for(function.__code__)
            _ready.add(function.__code__)
    gc.freeze()


def begin(d, file: str) -> None:
    """This is a task's process from now on; d is the recipe's, before it becomes the task's own."""
    bb.event.worker_pid = os.getpid()
    if bb.parse.siggen is not None:
        bb.parse.siggen.setup_datacache_from_datastore(file, d)


def enter(d) -> None:
    """d is the task's own, and its log is open."""
    d.setVar("BB_TASK_LOGGER", bb.logger)


def fire(d, name: str, task: str, file: str, log: str, shown: str) -> None:
    """An event of bb.build about this task."""
    if name == "TaskStarted":
        event = bb.build.TaskStarted(task, file, log, d.getVarFlags(task), d)
    elif name == "TaskFailed":
        event = bb.build.TaskFailed(task, file, log, d, bool(shown))
    else:
        event = getattr(bb.build, name)(task, file, log, d)
    bb.event.fire(event, d)


def _named(path: str):
    """What metadata's shared names, or else the built-in ones, have under a dotted name."""
    def part(found, name):
        return getattr(found, name, None) if isinstance(found, types.ModuleType) else found and found.get(name)

    names = path.split(".")
    return functools.reduce(part, names, bb.utils.get_context()) or functools.reduce(part, names, vars(builtins))


def _handler(function: str, progress: str, d):
    """The handler that a function's flag "progress" asks for; plain output where it asks for none that is known."""
    kind, _, rest = progress.partition(":")
    if progress == "percent":
        return bb.progress.BasicProgressHandler(d, outfile=None)
    if kind == "percent":
        return bb.progress.BasicProgressHandler(d, regex=rest, outfile=None)
    if kind == "outof" and ":" in progress:
        return bb.progress.OutOfProgressHandler(d, regex=rest, outfile=None)
    if kind == "custom" and ":" in progress:
        name, _, arguments = rest.partition(":")
        found = _named(name) if name else None
        if found:
            return found(d, outfile=None, otherargs=arguments or None)
        if name:
            bb.warn('%s: unknown custom progress handler in task progress varflag value "%s", ignoring' % (function, name))
    else:
        bb.warn('%s: invalid task progress varflag value "%s", ignoring' % (function, progress))
    return bb.progress.ProgressHandler(d)


def open_progress(d, function: str, progress: str) -> str:
    """All that comes by feed_progress() goes through the handler that the flag asks for; else why there is none."""
    global _progress
    try:
        _progress = _handler(function, progress, d)
    except Exception as exc:
        bb.build.logger.error("Failed to create progress handler")
        bb.build.logger.error(traceback.format_exc())
        return str(exc) or type(exc).__name__
    _progress.__enter__()
    return ""


def feed_progress(text: str) -> None:
    _progress.write(text)
    _progress.flush()


def close_progress() -> None:
    _progress.__exit__(None, None, None)


# What Python functions write while it is kept back (bitbake -v): the outer one's streams and the text, innermost last.
_kept = []


def keep_output() -> None:
    _kept.append((sys.stdout, sys.stderr, io.StringIO()))
    sys.stdout = sys.stderr = _kept[-1][2]


def kept_output() -> str:
    sys.stdout, sys.stderr, text = _kept.pop()
    return text.getvalue()
