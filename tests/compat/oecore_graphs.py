#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Graphs of OE-core: what 'bitbake -g' of hitz and of the reference write, as sets of lines.

oecore_graphs.py HITZ [--saved FOLDER] [--conf FILE] [TARGET...]

HITZ is a link named bitbake. HITZ_REFERENCE_BITBAKE and HITZ_REFERENCE_OECORE name the reference; without them this is
skipped. The configuration is qemux86-64 without a distro, and FILE besides. --saved FOLDER: the reference's files of a
TARGET are in FOLDER/TARGET, or are left there."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
TARGETS = ["core-image-minimal", "core-image-sato", "meta-toolchain", "world"]
FILES = ("task-depends.dot", "pn-buildlist")
CONF = """MACHINE = "qemux86-64"
BB_NO_NETWORK = "1"
CONNECTIVITY_CHECK_URIS = ""
"""


def build_directory(folder, layer, more):
    conf = folder / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    (conf / "bblayers.conf").write_text('BBPATH = "${TOPDIR}"\nBBFILES ?= ""\nBBLAYERS = "%s/meta"\n' % layer)
    (conf / "local.conf").write_text(CONF + more)
    return folder


def graph(program, build, target):
    """The lines of both files, or what the program says when it makes none."""
    for name in FILES:
        (build / name).unlink(missing_ok=True)
    command = [str(program), "-g", target] + (["-k"] if target == "world" else [])
    env = {"PATH": os.environ["PATH"], "HOME": str(build), "LC_ALL": "en_US.UTF-8", "USER": os.environ.get("USER", "")}
    done = subprocess.run(command, cwd=build, env=env, capture_output=True, text=True)
    if not (build / FILES[0]).exists():
        sys.exit("%s\n%s" % (" ".join(command), done.stdout + done.stderr))


def lines_of(folder, name):
    return set((folder / name).read_text().splitlines())


def compare(target, theirs, ours):
    same = True
    for name in FILES:
        left, right = lines_of(theirs, name), lines_of(ours, name)
        for line in sorted(left - right)[:20]:
            print("%s: only BitBake has %s" % (name, line))
        for line in sorted(right - left)[:20]:
            print("%s: only hitz has %s" % (name, line))
        print("%s %s: %d lines of BitBake, %d of hitz, %s" % (target, name, len(left), len(right), "equal" if left == right else "DIFFERENT"))
        same = same and left == right
    return same


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hitz")
    parser.add_argument("--saved", type=pathlib.Path)
    parser.add_argument("--conf", type=pathlib.Path)
    parser.add_argument("targets", nargs="*", default=TARGETS)
    given = parser.parse_args()
    reference, layer = os.environ.get("HITZ_REFERENCE_BITBAKE"), os.environ.get("HITZ_REFERENCE_OECORE")
    if not reference or not layer or os.getuid() == 0:
        print("skipped: HITZ_REFERENCE_BITBAKE or HITZ_REFERENCE_OECORE names nothing, or BitBake does not run as root")
        return SKIPPED
    more = given.conf.read_text() if given.conf else ""
    same = True
    with tempfile.TemporaryDirectory(prefix="hitz-graphs-") as folder:
        saved = given.saved or pathlib.Path(folder) / "saved"
        theirs = build_directory(pathlib.Path(folder) / "theirs", layer, more)
        ours = build_directory(pathlib.Path(folder) / "ours", layer, more)
        for target in given.targets:
            kept = saved / target
            if not (kept / FILES[0]).exists():
                graph(pathlib.Path(reference) / "bin" / "bitbake", theirs, target)
                kept.mkdir(parents=True, exist_ok=True)
                for name in FILES:
                    shutil.copy(theirs / name, kept / name)
            graph(pathlib.Path(given.hitz).absolute(), ours, target)
            same = compare(target, kept, ours) and same
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
