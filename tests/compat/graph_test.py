#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The graph of tasks of hitz's own layer is the one that the reference BitBake makes of it.

graph_test.py HITZ SOURCE_ROOT [TARGET...]; without HITZ_REFERENCE_BITBAKE it is skipped."""

import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77


def make_build_directory(folder, layer):
    """conf/ as 'hitz build' makes it."""
    conf = folder / "conf"
    conf.mkdir(parents=True)
    for name in ("local.conf", "bblayers.conf"):
        sample = layer / "conf" / "templates" / (name + ".sample")
        (conf / name).write_text(sample.read_text().replace("##HITZ_CORE_LAYER##", str(layer)))


def edges_of(dot):
    return {line.strip() for line in dot.splitlines() if "->" in line}


def reference_edges(bitbake, build, target):
    env = {"PATH": os.environ["PATH"], "HOME": str(build), "LC_ALL": "en_US.UTF-8"}
    subprocess.run([str(bitbake / "bin" / "bitbake"), "-g", target], cwd=build, env=env, check=True,
                   stdout=subprocess.DEVNULL)
    return edges_of((build / "task-depends.dot").read_text())


def hitz_edges(hitz, build, target):
    run = subprocess.run([hitz, "graph", "--output", "dot", target], cwd=build, check=True,
                         stdout=subprocess.PIPE, text=True)
    return edges_of(run.stdout)


def main():
    hitz, root, *targets = sys.argv[1:]
    reference = os.environ.get("HITZ_REFERENCE_BITBAKE")
    if not reference:
        print("skipped: HITZ_REFERENCE_BITBAKE names no BitBake")
        return SKIPPED
    if os.getuid() == 0:
        print("skipped: BitBake does not run as root")
        return SKIPPED
    failed = 0
    with tempfile.TemporaryDirectory(prefix="hitz-compat-") as folder:
        build = pathlib.Path(folder) / "build"
        make_build_directory(build, pathlib.Path(root) / "recipes")
        for target in targets or ["core-image", "world"]:
            theirs = reference_edges(pathlib.Path(reference), build, target)
            ours = hitz_edges(hitz, build, target)
            for edge in sorted(theirs - ours):
                print(f"{target}: only BitBake has {edge}")
            for edge in sorted(ours - theirs):
                print(f"{target}: only hitz has {edge}")
            failed += theirs != ours
            print(f"{target}: {len(theirs)} edges of BitBake, {len(ours)} of hitz")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
