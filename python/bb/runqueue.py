# SPDX-License-Identifier: Apache-2.0
"""Names of tasks, and what a task is told of those before it."""

import collections

TaskData = collections.namedtuple("TaskData", "pn taskname fn deps provides taskhash unihash hashfn taskhash_deps")


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
