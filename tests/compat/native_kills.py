#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A build that is killed again and again ends as one that is not.

    native_kills.py BITBAKE BUILD [--kills N] [--seed N] [--longest SECONDS] TARGET...

runs BITBAKE (hitz's bin/bitbake, in an environment that finds what the recipes want) in the build directory BUILD and kills
with SIGKILL at a random moment in turn the command itself, a process that it started for a task, and a process of such a
task: N times each. The last run is left alone and must succeed. What it leaves is for native_compare.py to look at. After a
kill of the command no process of the build may be left. Exit status 1 when something is not as it should be.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time


def children():
    """Of every process: those it started."""
    out = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            out.setdefault(parent, []).append(int(name))
    return out


def below(pid, tree):
    out, open_ = [], [pid]
    while open_:
        for child in tree.get(open_.pop(), []):
            out.append(child)
            open_.append(child)
    return out


def victim(kind, main, chance):
    tree = children()
    workers = tree.get(main, [])
    if kind == "command":
        return main
    if kind == "worker":
        return chance.choice(workers) if workers else None
    inner = [pid for worker in workers for pid in below(worker, tree)]
    return chance.choice(inner) if inner else None


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def stop(process):
    """What runs beside the victim is of no use to this test: as with Ctrl-C, the second time at once."""
    for pause in (0.3, 1):
        time.sleep(pause)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)


def one(arguments, kind, chance):
    """A run with one kill; whether there was something to kill, and what is wrong."""
    with open(os.path.join(arguments.build, "kills.log"), "a") as log:
        process = subprocess.Popen([arguments.bitbake, *arguments.targets], cwd=arguments.build, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # a shell may have left it ignored
        until = time.monotonic() + chance.uniform(0.2, arguments.longest)
        while time.monotonic() < until and process.poll() is None:
            time.sleep(0.01)
        pid = victim(kind, process.pid, chance) if process.poll() is None else None
        others = below(process.pid, children())
        if pid is not None:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pid = None
        if kind != "command":
            stop(process)
        process.wait(timeout=600)
    if kind == "command" and pid is not None:
        for _ in range(100):
            left = [other for other in others if alive(other)]
            if not left:
                return True, None
            time.sleep(0.1)
        return True, "processes are left: %s" % left
    return pid is not None, None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bitbake")
    parser.add_argument("build")
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=8.0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    done, wrong, idle = {"command": 0, "worker": 0, "task": 0}, [], 0
    while min(done.values()) < arguments.kills and idle < 20:
        kind = min(done, key=done.get)
        hit, problem = one(arguments, kind, chance)
        done[kind] += hit
        idle = 0 if hit else idle + 1
        if problem:
            wrong.append(problem)
    last = subprocess.run([arguments.bitbake, *arguments.targets], cwd=arguments.build, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if last.returncode != 0:
        wrong.append("the last run gave %d:\n%s" % (last.returncode, (last.stdout + last.stderr)[-3000:]))
    for problem in wrong:
        print(problem)
    print("killed: %s; %d things wrong" % (", ".join("%s %d times" % pair for pair in done.items()), len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
