# SPDX-License-Identifier: Apache-2.0
"""Tasks: their events, their functions, and how recipes add and remove them."""

import _hitz
from bb.event import Event


class FuncFailed(Exception):
    """A function of metadata failed."""

    def __init__(self, name=None, logfile=None):
        self.name, self.logfile = name, logfile
        super().__init__(name)

    def __str__(self):
        return "%s" % self.name


class TaskBase(Event):
    def __init__(self, t, fn=None, logfile=None, d=None):
        self._task, self._fn, self.logfile = t, fn, logfile
        self.task = self.taskname = t
        self.taskfile = fn
        self.pn = d.getVar("PN") if d is not None else None
        self.pv = d.getVar("PV") if d is not None else None
        super().__init__()

    def getTask(self):
        return self._task


class TaskStarted(TaskBase):
    def __init__(self, t, fn=None, logfile=None, flags=None, d=None):
        super().__init__(t, fn, logfile, d)
        self.taskflags = flags or {}


class TaskSucceeded(TaskBase):
    pass


class TaskFailed(TaskBase):
    def __init__(self, t, fn=None, logfile=None, d=None, errprinted=False):
        self.errprinted = errprinted
        super().__init__(t, fn, logfile, d)


class TaskInvalid(TaskBase):
    pass


def exec_func(func, d, dirs=None):
    """Runs a function of metadata with its directories and locks."""
    _hitz.exec_func(func, d, list(dirs or []))


def ensure_task_prefix(name):
    return name if name.startswith("do_") else "do_" + name


def addtask(task, before, after, d):
    """Adds a task between others."""
    _hitz.add_task(ensure_task_prefix(task), [ensure_task_prefix(t) for t in (before or "").split()],
                   [ensure_task_prefix(t) for t in (after or "").split()], d)


def deltask(task, d):
    _hitz.delete_task(ensure_task_prefix(task), d)


def listtasks(d):
    return tuple(d.getVar("__BBTASKS", False) or [])


def preceedtask(task, with_recrdeptasks, d):
    """The direct predecessors of a task, on request with its recrdeptask words."""
    found = set(d.getVarFlag(task, "deps", False) or [])
    if with_recrdeptasks:
        found.update((d.getVarFlag(task, "recrdeptask") or "").split())
    return found


def tasksbetween(task_start, task_end, d):
    """All tasks on any chain from one task to another, both included."""
    known = set(listtasks(d))
    out = []

    def follow(task, chain):
        chain = chain + [task]
        if task == task_start:
            out.extend(t for t in reversed(chain) if t not in out)
            return
        for before in d.getVarFlag(task, "deps", False) or []:
            if before in known and before not in chain:
                follow(before, chain)

    follow(task_end, [])
    return out


def _set_taskdepdata(d, text):
    """BB_TASKDEPDATA from the engine's records."""
    from bb.runqueue import TaskData
    out = {}
    for record in text.split("\x1e"):
        if record:
            tid, pn, task, fn, deps, provides, taskhash, unihash = record.split("\x1f")
            out[tid] = TaskData(pn, task, fn, set(deps.split()), set(provides.split()), taskhash, unihash, None, set(deps.split()))
    d.setVar("BB_TASKDEPDATA", out)
