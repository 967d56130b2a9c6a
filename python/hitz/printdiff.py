# SPDX-License-Identifier: Apache-2.0
"""bitbake -S printdiff: the first tasks whose results nobody shares, and how they differ from those that were there before."""

import re

import bb
from hitz import setscene, signing

_HASH = re.compile(r"[0-9a-f]{64}")


class _Graph:
    """Tasks by name with what they need; which can be restored and which run nothing."""

    def __init__(self, needs, noexec, targets):
        self.tids = signing.tids()
        self.needs = {tid: [self.tids[int(number)] for number in line.split(" ") if number]
                      for tid, line in zip(self.tids, needs.split("\n"))}
        self.noexec = {self.tids[int(number)] for number in noexec.split()}
        self.targets = {self.tids[int(number)] for number in targets.split()}
        self.restorable = signing.restorable()
        self.needed_by = {tid: set() for tid in self.tids}
        for tid, needs_of in self.needs.items():
            for need in needs_of:
                self.needed_by[need].add(tid)

    def restorable_below(self, tid):
        """The restorable tasks that are met first on every way down from a task."""
        found, seen, open_tasks = set(), set(), list(self.needs[tid])
        while open_tasks:
            at = open_tasks.pop()
            if at in seen:
                continue
            seen.add(at)
            if at in self.restorable:
                found.add(at)
            else:
                open_tasks += self.needs[at]
        return found

    def spared_by_noexec(self):
        """What only restorable tasks need that run nothing."""
        return {need for tid in self.noexec & self.restorable for need in self.needs[tid]
                if self.needed_by[need] <= self.noexec & self.restorable}

    def first_invalid(self, tid, valid, visited):
        """Of a task and all below it, those that are not valid and need nothing that is not."""
        missing = [need for need in self.needs[tid] if need not in valid]
        out = set()
        for need in missing:
            if need not in visited:
                out |= self.first_invalid(need, valid, visited)
                visited.add(need)
        return {tid} if not missing and tid not in self.noexec else out

    def roots(self, valid):
        out = set()
        for target in self.targets:
            level = {target}
            while level:
                below, visited = set(), set()
                for tid in level:
                    if tid not in valid and tid not in self.noexec:
                        out |= self.first_invalid(tid, valid, visited)
                    else:
                        below |= self.restorable_below(tid) if tid in self.restorable else set(self.needs[tid])
                level = below
        return out


def start(d, needs, noexec, targets):
    """Tells where the differences start; those tasks' numbers."""
    graph = _Graph(needs, noexec, targets)
    function = d.getVar("BB_HASHCHECK_FUNCTION")
    valid = set()
    if function:
        records = (signing.hash_record(tid) for tid in graph.tids if tid not in graph.noexec)
        valid = set(setscene.available(d, function, "0", "", *records, siginfo=True).split("\n"))
    roots = sorted(graph.roots(valid | graph.spared_by_noexec()))
    if roots:
        bb.plain("The differences between the current build and any cached tasks start at the following tasks:\n" + "\n".join(roots))
    return "\n".join(roots)


def _tell_deeper(d):
    def tell(key, hash1, hash2):
        found = bb.siggen.find_siginfo(key, None, [hash1, hash2], d)
        if len(found) != 2:
            return ["Unable to find matching sigdata for %s with hashes %s or %s" % (key, hash1, hash2)]
        return ["    " + line for line in bb.siggen.compare_sigfiles(found[hash1]["path"], found[hash2]["path"], tell)]
    return tell


def explain(d, roots):
    """Compares each of those tasks with the last that was written before it, here rather than shared."""
    bb.siggen.check_siggen_version(bb.siggen)
    for tid in roots.split("\n"):
        if not tid:
            continue
        task, pn, unihash = bb.runqueue.taskname_from_tid(tid), signing.recipe_name(tid), signing.unihash(tid)
        found = bb.siggen.find_siginfo(pn, task, [], d)
        own = [match["path"] for match in found.values() if unihash in match["path"]]
        if not own:
            bb.fatal("Can't find a task we're supposed to have written out? (hash: %s tid: %s)?" % (unihash, tid))
        others = {name: match for name, match in found.items() if unihash not in name}
        others = {name: match for name, match in others.items() if not match["sstate"]} or others
        if not others:
            continue
        last = sorted(others.values(), key=lambda match: match["time"])[-1]["path"]
        lines = bb.siggen.compare_sigfiles(last, own[-1], _tell_deeper(d))
        bb.plain("\nTask %s:%s couldn't be used from the cache because:\n  We need hash %s, most recent matching task was %s\n  " % (
            pn, task, unihash, _HASH.search(last).group(0)) + "\n  ".join(lines))
