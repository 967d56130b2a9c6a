# SPDX-License-Identifier: Apache-2.0
"""Names of tasks, what a task is told of those before it, and events of the queue of tasks."""

from bb import TaskData  # noqa: F401
from bb.event import Event


def fn_from_tid(tid):
    return tid.rsplit(":", 1)[0]


def taskname_from_tid(tid):
    return tid.rsplit(":", 1)[1]


def mc_from_tid(tid):
    return tid.split(":")[1] if tid.startswith("mc:") and tid.count(":") >= 2 else ""


def split_tid_mcfn(tid):
    """(mc, fn, task, mcfn)."""
    mcfn, task = tid.rsplit(":", 1)
    mc = mc_from_tid(tid)
    return mc, mcfn.split(":", 2)[2] if mc else mcfn, task, mcfn


def split_tid(tid):
    return split_tid_mcfn(tid)[:3]


def split_mc(n):
    """(mc, the rest)."""
    if n.startswith("mc:") and n.count(":") >= 2:
        _, mc, rest = n.split(":", 2)
        return mc, rest
    return "", n


def build_tid(mc, fn, taskname):
    return "mc:%s:%s:%s" % (mc, fn, taskname) if mc else "%s:%s" % (fn, taskname)


class RunQueueStats:
    """How many tasks of a queue are in which state."""

    def __init__(self, total, setscene_total):
        self.completed = self.skipped = self.failed = self.active = 0
        self.setscene_active = self.setscene_covered = self.setscene_notcovered = 0
        self.setscene_total, self.total = setscene_total, total

    @classmethod
    def of(cls, text):
        """From nine numbers in a text."""
        out = cls(0, 0)
        (out.total, out.completed, out.skipped, out.failed, out.active, out.setscene_total, out.setscene_active,
         out.setscene_covered, out.setscene_notcovered) = (int(number) for number in text.split(" "))
        return out

    def copy(self):
        out = self.__class__(self.total, self.setscene_total)
        out.__dict__.update(self.__dict__)
        return out


class runQueueEvent(Event):
    """Something about one task of the queue; rq knows its hash."""

    def __init__(self, task, stats, rq):
        self.taskid = self.taskstring = task
        self.taskname, self.taskfile = taskname_from_tid(task), fn_from_tid(task)
        self.taskhash = rq.rqdata.get_task_hash(task)
        self.stats = stats.copy()
        super().__init__()


class sceneQueueEvent(runQueueEvent):
    """Something about one task that is restored."""

    def __init__(self, task, stats, rq, noexec=False):
        super().__init__(task, stats, rq)
        self.taskstring = task + "_setscene"
        self.taskname += "_setscene"
        self.noexec = noexec


class runQueueTaskStarted(runQueueEvent):
    """A task begins."""

    def __init__(self, task, stats, rq, noexec=False):
        super().__init__(task, stats, rq)
        self.noexec = noexec


class sceneQueueTaskStarted(sceneQueueEvent):
    """A task is being restored."""


class runQueueTaskFailed(runQueueEvent):
    """A task has failed."""

    def __init__(self, task, stats, exitcode, rq, fakeroot_log=None):
        super().__init__(task, stats, rq)
        self.exitcode, self.fakeroot_log = exitcode, fakeroot_log

    def __str__(self):
        return "Task (%s) failed with exit code '%s'" % (self.taskstring, self.exitcode)


class sceneQueueTaskFailed(sceneQueueEvent):
    """A task could not be restored; it will be run."""

    def __init__(self, task, stats, exitcode, rq):
        super().__init__(task, stats, rq)
        self.exitcode = exitcode

    def __str__(self):
        return "Setscene task (%s) failed with exit code '%s' - real task will be run instead" % (
            self.taskstring, self.exitcode)


class sceneQueueComplete(Event):
    """All that can be restored has been."""

    def __init__(self, stats, rq):
        super().__init__()
        self.stats = stats.copy()


class runQueueTaskCompleted(runQueueEvent):
    """A task has ended well."""


class sceneQueueTaskCompleted(sceneQueueEvent):
    """A task has been restored."""


class runQueueTaskSkipped(runQueueEvent):
    """A task need not run, for the reason given."""

    def __init__(self, task, stats, rq, reason):
        super().__init__(task, stats, rq)
        self.reason = reason


class taskUniHashUpdate(Event):
    """Another hash stands for a task's result from now on."""

    def __init__(self, task, unihash):
        self.taskid, self.unihash = task, unihash
        super().__init__()
