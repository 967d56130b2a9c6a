# SPDX-License-Identifier: Apache-2.0
"""What metadata's handlers are told of a whole build. Texts come in records (0x1e) of fields (0x1f)."""

import time

import bb
import bb.event
import bb.runqueue
from hitz import signing

_FIELD, _RECORD = "\x1f", "\x1e"


def wanted(path: str) -> str:
    """Whether anybody listens to a class of events."""
    return "1" if bb.event._listener is not None or any(not mask or path in mask for _, mask, _ in bb.event.get_class_handlers().values()) else ""


def set_build_variables(d) -> None:
    """The name of the build and when it began."""
    now = time.gmtime()
    if not d.getVar("BUILDNAME", False):
        d.setVar("BUILDNAME", "${DATE}${TIME}")
    d.setVar("BUILDSTART", time.strftime("%m/%d/%Y %H:%M:%S", now))
    d.setVar("DATE", time.strftime("%Y%m%d", now))
    d.setVar("TIME", time.strftime("%H%M%S", now))


def check_sanity(d) -> None:
    """Handlers end the build where they find that it cannot go well; they look at the hash server's address."""
    signing.address(d)
    bb.event.fire(bb.event.SanityCheck(False), d)


def reachable(d, records: str) -> None:
    stamps = dict(record.split(_FIELD) for record in records.split(_RECORD) if record)
    mine = d.getVar("BB_CURRENT_MC") or ""
    names = {name: stamp for name, stamp in stamps.items() if bb.runqueue.mc_from_tid(name) in (mine, "")}
    bb.event.fire(bb.event.ReachableStamps(names), d)


def init(d, targets: str) -> None:
    bb.event.fire(bb.event.BuildInit(targets.split()), d)


def started(d, targets: str) -> None:
    bb.event.fire(bb.event.BuildStarted(d.getVar("BUILDNAME", False), targets.split()), d)


def completed(d, targets: str, tasks: str, failures: str, interrupted: str) -> None:
    bb.event.fire(bb.event.BuildCompleted(int(tasks), d.getVar("BUILDNAME", False), targets.split(), int(failures),
                                          int(interrupted)), d)


def stale(d, records: str) -> None:
    tasks = {}
    for record in records.split(_RECORD):
        if record:
            name, *stamps = record.split(_FIELD)
            tasks[name] = stamps
    bb.event.fire(bb.event.StaleSetSceneTasks(tasks), d)


def heartbeat(d) -> None:
    bb.event.fire(bb.event.HeartbeatEvent(time.time()), d)


class _Queue:
    """The part of BitBake's queue that its events ask: a task's hash."""

    def __init__(self, taskhash=""):
        self.rqdata, self._hash = self, taskhash

    def get_task_hash(self, _task):
        return self._hash


def task(d, kind: str, name: str, taskhash: str, noexec: str, status: str, reason: str, counts: str) -> None:
    cls, queue, stats = getattr(bb.runqueue, kind), _Queue(taskhash), bb.runqueue.RunQueueStats.of(counts)
    if kind.endswith("Failed"):
        event = cls(name, stats, int(status), queue)
    elif kind.endswith("Skipped"):
        event = cls(name, stats, queue, reason)
    elif kind.endswith("Started"):
        event = cls(name, stats, queue, noexec=bool(noexec))
    else:
        event = cls(name, stats, queue)
    bb.event.fire(event, d)


def restored(d, counts: str) -> None:
    bb.event.fire(bb.runqueue.sceneQueueComplete(bb.runqueue.RunQueueStats.of(counts), _Queue()), d)
