#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The time that the recipes of tests/compat/native_set.py take by hitz and by the reference BitBake, in turn: from nothing, and
from the sstate objects that the other one left.

native_times.py HITZ FOLDER RELEASE [--pairs N] [--restores N] [--overhead MS] [--kept FOLDER] TARGET...

FOLDER is native_set.py's. HITZ_REFERENCE_BITBAKE names the reference, which must not run as root. Of BitBake's time from nothing
what it spends on parsing (until its first task's stamp) and on its tasks' own cost (noop.py's figure, or --overhead) is told
apart. Restoring is measured warm: recipes were parsed, and the same was asked for with -n before. Builds are made in new folders
in FOLDER and deleted at the end, not before: ext4 without a journal is slow for minutes after. --kept FOLDER: in this one
instead, and they stay, for native_compare.py too; --pairs 0 restores what earlier ones left there. Not a test: nothing fails when
a figure is bad."""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import sys
import tempfile
import time

import noop
import ratio


class Build(ratio.Side):
    """A build directory with the set's configuration. Both sides' paths are of one length: what is built holds them."""

    def __init__(self, name, folder, conf, path, more=""):
        self.name, self.build = name, folder / name
        self.env = {"PATH": path, "HOME": str(folder), "LC_ALL": "en_US.UTF-8"}
        shutil.copytree(conf, self.build / "conf")
        with open(self.build / "conf/local.conf", "a") as local:
            local.write(more)

    def first_stamp(self, start):
        """Seconds from start to the first stamp that a task left."""
        return min(stamp.stat().st_mtime for stamp in self.build.glob("tmp*/stamps/*/*/*.do_*")) - start

    def tasks(self):
        """How many tasks ran: each adds a line to its recipe's log.task_order."""
        return sum(len(log.read_text().splitlines()) for log in self.build.glob("tmp*/work/*/*/*/temp/log.task_order"))


def from_nothing(build, program, targets):
    began = time.time()
    took = build.run(program, *targets)
    return took, build.first_stamp(began), build.tasks()


def restored(build, program, targets, objects):
    """Seconds that a warm restore takes of a build that has nothing but its conf."""
    shutil.copytree(objects, build.build / "sstate-cache", copy_function=shutil.copy2)
    for words in (["-p"], ["-p"], ["-n", *targets]):  # BitBake reads all recipes once more at its second start
        build.run(program, *words)
    return build.run(program, *targets)


def overhead(folder, layers, path, program):
    """Milliseconds of CPU that BitBake spends on a task that does nothing."""
    targets = ["noop%d:do_nothing%d" % (number, noop.TASKS - 1) for number in range(20)]
    layers = [*layers, noop.make_layer(folder / "noop-layer", 20)]
    return statistics.median(noop.overhead(ratio.Side("noop", folder, layers, path), program, targets, 3))


def layers_of(conf):
    return re.search(r'^BBLAYERS = "(.*)"', (conf / "bblayers.conf").read_text(), re.M)[1].split()


class Times:
    """What the command line asks for."""

    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.conf = pathlib.Path(args.folder).resolve() / ("build-" + args.release) / "conf"
        self.reference = "%s/bin:%s" % (os.environ["HITZ_REFERENCE_BITBAKE"], os.environ["PATH"])
        ours = str(pathlib.Path(args.hitz).resolve().parents[1] / "bin" / "bitbake")
        self.sides = {"hitz": (ours, os.environ["PATH"]), "bitbake": ("bitbake", self.reference)}

    def cost(self):
        """Milliseconds of CPU that BitBake spends on a task that does nothing."""
        if self.args.overhead is None:
            noop.reap_orphans()
            self.args.overhead = overhead(self.folder, layers_of(self.conf), self.reference, "bitbake")
            print("CPU of a task of BitBake's that does nothing: %.0f ms" % self.args.overhead, flush=True)
        return self.args.overhead

    def pair(self, number):
        """Both from nothing; every other pair begins with BitBake."""
        cost, times = self.cost(), {}
        for side, (program, path) in self.sides.items() if number % 2 == 0 else reversed(self.sides.items()):
            build = Build("%s%d" % (side[0], number), self.folder, self.conf, path)
            times[side] = from_nothing(build, program, self.args.targets)
            print("%s from nothing: %.1f s, first stamp after %.1f s, %d tasks" % (side, *times[side]), flush=True)
        whole, parsed, tasks = times["bitbake"]
        limit = whole - parsed - tasks * cost / 1000 / os.cpu_count()
        print("BitBake's less parsing and tasks' own cost: %.1f s; hitz takes %.3f of it" % (limit, times["hitz"][0] / limit), flush=True)

    def restores(self, other):
        """Both from the objects of the first build of one of them."""
        objects, times = self.folder / (other[0] + "0") / "sstate-cache", {side: [] for side in self.sides}
        for number in range(self.args.restores):
            for side, (program, path) in self.sides.items():
                build = Build("%s-of-%s-%d" % (side[0], other[0], number), self.folder, self.conf, path)
                times[side].append(restored(build, program, self.args.targets, objects))
        print("  ".join("%s %s" % (side, " ".join("%.2f" % value for value in values)) for side, values in times.items()))
        ratio.report("from the sstate of " + other, times["hitz"], times["bitbake"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hitz")
    parser.add_argument("folder")
    parser.add_argument("release")
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--pairs", type=int, default=2)
    parser.add_argument("--restores", type=int, default=3)
    parser.add_argument("--overhead", type=float)
    parser.add_argument("--kept")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = pathlib.Path(args.kept or name).resolve()
        folder.mkdir(exist_ok=True)
        times = Times(args, folder)
        for number in range(args.pairs):
            times.pair(number)
        for other in times.sides:
            times.restores(other)


if __name__ == "__main__":
    sys.exit(main())
