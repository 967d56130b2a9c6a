# SPDX-License-Identifier: Apache-2.0
"""Tasks: their events, their functions, and how recipes add and remove them."""

import glob
import logging
import os
import re
import time

import _hitz
import bb
import bb.process
from bb.event import Event, getName
from bb.msg import BBLogFormatter

bblogger = logging.getLogger("BitBake")
logger = logging.getLogger("BitBake.Build")
verboseShellLogging = False
verboseStdoutLogging = False

logformatter = BBLogFormatter("%(levelname)s: %(message)s")


class FuncFailed(Exception):
    """A function of metadata failed."""

    def __init__(self, name=None, logfile=None):
        self.name, self.logfile = name, logfile
        super().__init__(name)

    def __str__(self):
        return "%s" % self.name


def _failure(text):
    """What exec_func() raises for a function that failed: of a shell function the same as bb.process.run() of a command."""
    found = re.fullmatch(r"Execution of '(.*)' failed with exit code (-?\d+)(.*)", text, re.DOTALL)
    if not found:
        return FuncFailed(text)
    out = bb.process.ExecutionError(found[1], int(found[2]))
    out.extra_message = found[3] or None
    return out


class TaskBase(Event):
    """Something about one task of one recipe."""

    def __init__(self, t, fn, logfile, d):
        self._task, self._fn, self.logfile = t, fn, logfile
        self._package, self._mc = d.getVar("PF"), d.getVar("BB_CURRENT_MC")
        self.taskfile, self.taskname = d.getVar("FILE"), t
        self.time = time.time()
        self.pn, self.pv = d.getVar("PN"), d.getVar("PV")
        super().__init__()
        self._message = "recipe %s: task %s: %s" % (self._package, t, self.getDisplayName())

    def getTask(self):
        return self._task

    def setTask(self, task):
        self._task = task

    def getDisplayName(self):
        return getName(self)[4:]

    task = property(getTask, setTask)


class TaskStarted(TaskBase):
    """A task begins."""

    def __init__(self, t, fn, logfile, taskflags, d):
        super().__init__(t, fn, logfile, d)
        self.taskflags = taskflags


class TaskSucceeded(TaskBase):
    """A task has ended well."""


class TaskFailed(TaskBase):
    """A task has failed; errprinted says whether its log has been shown."""

    def __init__(self, task, fn, logfile, metadata, errprinted=False):
        self.errprinted = errprinted
        super().__init__(task, fn, logfile, metadata)


class TaskFailedSilent(TaskBase):
    """A task has failed in a way that needs no message."""

    def getDisplayName(self):
        return "Failed"


class TaskInvalid(TaskBase):
    """A task cannot be run."""

    def __init__(self, task, fn, metadata):
        super().__init__(task, fn, None, metadata)
        self._message = "No such task '%s'" % task


class TaskProgress(Event):
    """How far a task is, in percent or in units of its own, and how fast."""

    def __init__(self, progress, rate=None):
        self.progress, self.rate = progress, rate
        super().__init__()


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


def add_tasks(tasklist, d):
    """Works out _task_deps: what the scheduler wants to know of each task of a finished recipe."""
    deps = d.getVar("_task_deps", False) or {}
    tasks, parents = deps.setdefault("tasks", []), deps.setdefault("parents", {})
    for name in tasklist:
        task = d.expand(name)
        d.setVarFlag(task, "task", 1)
        if task not in tasks:
            tasks.append(task)
        flags = d.getVarFlags(task)
        for flag in ("mcdepends", "depends", "rdepends", "deptask", "rdeptask", "recrdeptask", "recideptask",
                     "nostamp", "fakeroot", "noexec", "umask"):
            table = deps.setdefault(flag, {})
            if flag not in flags:
                continue
            table[task] = d.expand(flags[flag])
            if flag in ("noexec", "fakeroot", "nostamp") and table[task] != "1":
                bb.warn("In a future version of BitBake, setting the '%s' flag to something other than '1' will "
                        "result in the flag not being set. See YP bug #13808." % flag)
        parents[task] = [d.expand(dep) for dep in flags.get("deps", [])]
    d.setVar("_task_deps", deps)


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


def shell_trap_code():
    """What a function's script begins with: it tells of the command that failed."""
    with open(os.path.join(os.path.dirname(__file__), "shell_prologue.sh")) as file:
        return file.read()


def _task_data(fn, task, d):
    """A copy of d as a task sees it: with its own override, lowest in priority."""
    localdata = d.createCopy()
    localdata.setVar("BB_FILENAME", fn)
    localdata.setVar("OVERRIDES", "task-%s:%s" % (task[3:].replace("_", "-"), d.getVar("OVERRIDES", False) or ""))
    bb.data.expandKeys(localdata)
    return localdata


def _stale(task, mcfn):
    """Stamps that a task and its setscene variant left, whatever their hashes; no records, no taints."""
    mask = bb.parse.siggen.stampcleanmask_mcfn(task, mcfn)
    plain = task.replace("_setscene", "")
    for pattern in [mask, mask.replace(plain, plain + "_setscene")] if mask else []:
        for path in glob.glob(pattern):
            if "sigdata" not in path and "sigbasedata" not in path and not path.endswith(".taint"):
                yield path


def clean_stamp_mcfn(task, mcfn):
    """Removes a task's stamps; its signature data and taints stay."""
    for path in _stale(task, mcfn):
        os.unlink(path)


def clean_stamp(task, d):
    clean_stamp_mcfn(task, d.getVar("BB_FILENAME"))


def make_stamp_mcfn(task, mcfn):
    """Marks a task as done."""
    stamp = bb.parse.siggen.stampfile_mcfn(task, mcfn)
    if stamp:
        bb.utils.mkdirhier(os.path.dirname(stamp))
    clean_stamp_mcfn(task, mcfn)
    if stamp:
        bb.utils.remove(stamp)
        with open(stamp, "w"):
            pass


def make_stamp(task, d):
    """Marks a task as done, and writes down what its hash was made of."""
    mcfn = d.getVar("BB_FILENAME")
    make_stamp_mcfn(task, mcfn)
    if not task.endswith("_setscene"):
        bb.parse.siggen.dump_sigtask(mcfn, task, bb.parse.siggen.stampfile_base(mcfn), True)


def find_stale_stamps(task, mcfn):
    """Stamps of a task and its setscene variant that are not those of its present hash."""
    current = [bb.parse.siggen.stampfile_mcfn(name, mcfn) for name in (task, task + "_setscene")]
    return [path for path in _stale(task, mcfn) if path not in current]


def write_taint(task, d):
    """Makes a task's hash another one, until the taint is removed."""
    bb.parse.siggen.invalidate_task(task, d.getVar("BB_FILENAME"))


def _taskdepdata(text):
    """BB_TASKDEPDATA from the engine's records."""
    from bb.runqueue import TaskData
    out = {}
    for record in text.split("\x1e"):
        if record:
            tid, pn, task, fn, deps, provides, taskhash, unihash, hashfn, hashed = record.split("\x1f")
            out[tid] = TaskData(pn, task, fn, set(deps.split()), provides.split(), taskhash, unihash, hashfn, hashed.split())
    return out
