#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What tasks cost that do nothing: CPU time of the whole command and of all that it started, less that of the same command
when nothing is left to do, by hitz and by the reference BitBake in the same run.

noop.py HITZ [--recipes N] [--runs N] [LAYER...]

Each recipe has ten tasks, shell and Python in turn. Without layers OE-core, which HITZ_REFERENCE_OECORE names;
HITZ_REFERENCE_BITBAKE names the reference, which must not run as root; without it hitz is measured alone. Not a test:
nothing fails when a figure is bad."""

import argparse
import ctypes
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

import ratio

TASKS = 10
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: BitBake's server leaves its client, and is counted all the same

_LAYER_CONF = """BBPATH .= ":${LAYERDIR}"
BBFILES += "${LAYERDIR}/*.bb"
BBFILE_COLLECTIONS += "noop"
BBFILE_PATTERN_noop = "^${LAYERDIR}/"
BBFILE_PRIORITY_noop = "6"
LAYERSERIES_COMPAT_noop = "wrynose scarthgap"
"""


def make_layer(folder, recipes):
    (folder / "conf").mkdir(parents=True)
    (folder / "conf/layer.conf").write_text(_LAYER_CONF)
    text = 'SUMMARY = "does nothing"\nLICENSE = "MIT"\nINHIBIT_DEFAULT_DEPS = "1"\n'
    for number in range(TASKS):
        function = "python do_nothing%d() {\n    pass\n}\n" if number % 2 else "do_nothing%d() {\n    :\n}\n"
        text += function % number + "addtask nothing%d%s\n" % (number, " after do_nothing%d" % (number - 1) if number else "")
    for number in range(recipes):
        (folder / ("noop%d_1.0.bb" % number)).write_text(text)
    return folder


def reap_orphans():
    """From now on processes that their parents left belong to this one, so that cpu_of() sees them."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def cpu_of(side, words):
    """Seconds of CPU time of a command, and of all processes that it leaves, until the last of them has ended."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, cwd=side.build, env=side.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def overhead(side, program, targets, runs):
    """Milliseconds of CPU for each task, run by run. What the run before left is put aside, not deleted: ext4 without a
    journal looks again and again at the inodes of files that were deleted in the minutes before."""
    out = []
    cpu_of(side, [program, "-p"])
    for number in range(runs):
        for folder in ("tmp/work", "tmp/stamps"):
            if (side.build / folder).exists():
                (side.build / folder).rename(side.build / ("%s.%d" % (folder, number)))
        whole = cpu_of(side, [program, *targets])
        out.append((whole - cpu_of(side, [program, *targets])) * 1000 / (len(targets) * TASKS))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hitz")
    parser.add_argument("--recipes", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("layers", nargs="*")
    args = parser.parse_args()
    reap_orphans()
    layers = [os.path.abspath(layer) for layer in args.layers or [os.path.join(os.environ["HITZ_REFERENCE_OECORE"], "meta")]]
    targets = ["noop%d:do_nothing%d" % (number, TASKS - 1) for number in range(args.recipes)]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        layers.append(make_layer(folder / "layer", args.recipes))
        ours = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(args.hitz))), "bin", "bitbake")
        times = [overhead(ratio.Side("hitz", folder, layers, os.environ["PATH"]), ours, targets, args.runs)]
        if reference := os.environ.get("HITZ_REFERENCE_BITBAKE"):
            path = "%s/bin:%s" % (reference, os.environ["PATH"])
            times.append(overhead(ratio.Side("bitbake", folder, layers, path), "bitbake", targets, args.runs))
            ratio.report("CPU for each task that does nothing", *times, unit="ms")
        else:
            print("CPU for each task that does nothing: hitz %.1f ms" % statistics.median(times[0]))


if __name__ == "__main__":
    sys.exit(main())
