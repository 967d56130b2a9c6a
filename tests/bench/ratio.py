#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How hitz's times stand to those of the reference BitBake: whole processes on the same build directory's configuration, one
after the other, two threads that parse each, medians.

ratio.py HITZ [--runs N] [--memory] [--dry-run] [LAYER...]

--dry-run also runs -n core-image-minimal, once: BitBake takes many minutes for it.

Without layers OE-core, which HITZ_REFERENCE_OECORE names; HITZ_REFERENCE_BITBAKE names the reference, which must not run
as root. Not a test: nothing fails when a figure is bad."""

import argparse
import glob
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


class Side:
    """One of the two, with a build directory of its own."""

    def __init__(self, name, folder, layers, path):
        self.name, self.build = name, folder / name
        self.env = {"PATH": path, "HOME": str(folder), "LC_ALL": "en_US.UTF-8"}
        conf = self.build / "conf"
        conf.mkdir(parents=True)
        (conf / "local.conf").write_text('MACHINE = "qemux86-64"\nBB_NO_NETWORK = "1"\nCONNECTIVITY_CHECK_URIS = ""\nBB_NUMBER_PARSE_THREADS = "2"\n')
        (conf / "bblayers.conf").write_text('BBPATH = "${TOPDIR}"\nBBFILES ?= ""\nBBLAYERS = "%s"\n' % " ".join(map(str, layers)))
        (conf / "sanity.conf").write_text("")

    def forget(self):
        for name in ("cache", "tmp"):
            shutil.rmtree(self.build / name, ignore_errors=True)

    def processes(self):
        """Those that run in the build directory."""
        for link in glob.glob("/proc/[0-9]*/cwd"):
            try:
                if os.readlink(link) == str(self.build):
                    yield os.path.dirname(link)
            except OSError:
                pass

    def run(self, *words):
        """Seconds until the command is done and nothing of it is left."""
        start = time.monotonic()
        done = subprocess.run(words, cwd=self.build, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        out = time.monotonic() - start
        assert done.returncode == 0, "%s: %s" % (" ".join(words), done.stdout[-2000:])
        while any(True for _ in self.processes()):
            time.sleep(0.1)  # BitBake's server goes a moment after its client: not counted, but waited for
        return out

    def peak(self, *words):
        """The most memory that all processes had together from cold, in MiB, sampled."""
        self.forget()
        most, process = 0, subprocess.Popen(words, cwd=self.build, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            now = 0
            for folder in self.processes():
                try:
                    with open(folder + "/smaps_rollup") as file:
                        now += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
                except OSError:
                    pass
            most = max(most, now)
            time.sleep(0.05)
        return most / 1024


def report(what, ours, theirs, unit="s"):
    a, b = statistics.median(ours), statistics.median(theirs)
    print("%-46s hitz %8.2f %-3s  BitBake %8.2f %-3s  1/%.1f" % (what, a, unit, b, unit, b / a if a else 0), flush=True)


def copied(layers, folder):
    """Layers that may be edited, with what stands beside them: OE-core's recipes take files of ../scripts."""
    roots = {}
    for root in {layer.resolve().parent for layer in layers}:
        roots[root] = folder / ("layers%d" % len(roots))
        shutil.copytree(root, roots[root], symlinks=True, ignore=shutil.ignore_patterns(".git"))
    return [roots[layer.resolve().parent] / layer.name for layer in layers]


def shared_include(layers):
    """An .inc file that five recipes or so require."""
    users = {}
    for layer in layers:
        for recipe in layer.glob("recipes-*/*/*.bb"):
            for line in recipe.read_text(errors="replace").splitlines():
                if line.startswith("require ") and line.endswith(".inc"):
                    inc = recipe.parent / line.split()[1]
                    if inc.exists():
                        users.setdefault(inc, set()).add(recipe)
    return min(users, key=lambda inc: (abs(len(users[inc]) - 5), str(inc)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hitz")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("layers", nargs="*")
    args = parser.parse_args()
    bitbake, hitz = pathlib.Path(os.environ["HITZ_REFERENCE_BITBAKE"]), os.path.abspath(args.hitz)
    layers = args.layers or [os.path.join(os.environ["HITZ_REFERENCE_OECORE"], "meta")]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        layers = copied([pathlib.Path(layer) for layer in layers], folder)
        sides = [(Side("hitz", folder, layers, os.environ["PATH"]), hitz, "parse"),
                 (Side("bitbake", folder, layers, "%s:%s" % (bitbake / "bin", os.environ["PATH"])), "bitbake", "-p")]

        def measure(what, before, *commands):
            times = []
            for (side, *command), own in zip(sides, commands or (None, None)):
                times.append([])
                for i in range(args.runs):
                    before(side, i)
                    times[-1].append(side.run(*(own or command)))
            report(what, *times)

        ours = str(pathlib.Path(hitz).resolve().parents[1] / "bin" / "bitbake")
        measure("cold", lambda side, i: side.forget())
        measure("cold, to the plan of a build (-n quilt-native)", lambda side, i: side.forget(), [ours, "-n", "quilt-native"],
                ["bitbake", "-n", "quilt-native"])
        for side, *command in sides:
            side.run(*command)
            side.run(*command)
        measure("nothing changed", lambda side, i: None)

        def edit(side, i):
            with open(side.build / "conf" / "local.conf", "a") as file:
                file.write('NOBODY_READS_THIS = "%d"\n' % i)

        measure("a value of local.conf that no recipe reads", edit)
        inc = shared_include(layers)

        def touch(side, i):
            inc.write_text(inc.read_text() + "# %s %d\n" % (side.name, i))

        measure("one .inc edited (%s)" % inc.name, touch)
        for side, *command in sides:
            side.run(*command)
        measure("one variable of one recipe", lambda side, i: None, [hitz, "getvar", "-r", "busybox", "PV"],
                ["bitbake-getvar", "-r", "busybox", "PV"])
        measure("-g core-image-minimal", lambda side, i: None, [ours, "-g", "core-image-minimal"], ["bitbake", "-g", "core-image-minimal"])
        signed = [sides[0][0].run(hitz, "signatures", "core-image-sato") for _ in range(args.runs)]
        print("graph and all hashes of core-image-sato: %.2f s" % statistics.median(signed), flush=True)
        if args.dry_run:
            args.runs = 1
            measure("-n core-image-minimal", lambda side, i: None, [ours, "-n", "core-image-minimal"], ["bitbake", "-n", "core-image-minimal"])
        if args.memory:
            report("most memory, cold", *([side.peak(*command)] for side, *command in sides), unit="MiB")


if __name__ == "__main__":
    sys.exit(main())
