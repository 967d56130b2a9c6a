#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every variable, flag, task, task dependency and base hash that the reference BitBake computes for every recipe, hitz computes too.

values_test.py HITZ SOURCE_ROOT [--digest] [--machine NAME] [--multilib NAME:TUNE] [--multiconfig NAME:MACHINE]... [LAYER...]

Without layers, hitz's own core layer. With --multilib lib32:x86 every recipe that can be is also built for lib32; each
--multiconfig is one more configuration with a machine and a TMPDIR of its own. HITZ_REFERENCE_BITBAKE names the reference; without it, and for root, it is skipped."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from graph_test import SKIPPED, make_build_directory

HERE = pathlib.Path(__file__).resolve().parent


# The same moment for both.
CLOCK = """DATE:forcevariable = "20260101"
TIME:forcevariable = "000000"
DATETIME:forcevariable = "20260101000000"
PID:forcevariable = "1"
"""


def make_build_directory_of(folder, layers, machine, multilib, multiconfigs):
    """conf/ for other layers: no distro, no network, no check of the host."""
    conf = folder / "conf"
    (conf / "multiconfig").mkdir(parents=True)
    text = 'MACHINE = "%s"\nBB_NO_NETWORK = "1"\nCONNECTIVITY_CHECK_URIS = ""\n' % machine + CLOCK
    if multilib:
        name, _, tune = multilib.partition(":")
        text += 'require conf/multilib.conf\nMULTILIBS = "multilib:%s"\nDEFAULTTUNE:virtclass-multilib-%s = "%s"\n' % (name, name, tune)
    if multiconfigs:
        text += 'BBMULTICONFIG = "%s"\n' % " ".join(one.partition(":")[0] for one in multiconfigs)
    for name, _, other in (one.partition(":") for one in multiconfigs):
        (conf / "multiconfig" / (name + ".conf")).write_text('MACHINE = "%s"\nTMPDIR = "${TOPDIR}/tmp-%s"\n' % (other, name))
    (conf / "local.conf").write_text(text)
    (conf / "bblayers.conf").write_text('BBPATH = "${TOPDIR}"\nBBFILES ?= ""\nBBLAYERS = "%s"\n' % " ".join(layers))
    (conf / "sanity.conf").write_text("")


def reference_dump(bitbake, build, out, options):
    env = {"PATH": "%s:%s" % (bitbake / "bin", os.environ["PATH"]), "HOME": str(build), "LC_ALL": "en_US.UTF-8", "PYTHONPATH": str(bitbake / "lib")}
    subprocess.run([sys.executable, str(HERE / "bitbake_dump.py"), *options, "-o", str(out)], cwd=build, env=env, check=True)


def hitz_dump(hitz, build, out, options):
    with open(out, "w") as file:
        subprocess.run([hitz, "dump", *options], cwd=build, stdout=file, check=True,
                       env={"PATH": os.environ["PATH"], "HOME": str(build), "LC_ALL": "en_US.UTF-8"})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hitz")
    parser.add_argument("root")
    parser.add_argument("--digest", action="store_true")
    parser.add_argument("--machine", default="qemux86-64")
    parser.add_argument("--multilib", default="")
    parser.add_argument("--multiconfig", action="append", default=[])
    parser.add_argument("layers", nargs="*")
    args = parser.parse_args()
    reference = os.environ.get("HITZ_REFERENCE_BITBAKE")
    if not reference or os.getuid() == 0:
        print("skipped: %s" % ("BitBake does not run as root" if reference else "HITZ_REFERENCE_BITBAKE names no BitBake"))
        return SKIPPED
    options = ["--digest"] if args.digest else []
    with tempfile.TemporaryDirectory() as folder:
        build = pathlib.Path(folder) / "build"
        if args.layers:
            make_build_directory_of(build, args.layers, args.machine, args.multilib, args.multiconfig)
        else:
            make_build_directory(build, pathlib.Path(args.root) / "recipes")
            # Both take the kernel's version from here: only hitz can ask Debian's packages for the newest.
            with open(build / "conf" / "local.conf", "a") as file:
                file.write('LINUX_LOCKED = "6.1.1 linux_6.1.1.orig.tar.xz %s"\n' % ("0" * 64))
        dumps = [build / "reference.jsonl", build / "hitz.jsonl"]
        reference_dump(pathlib.Path(reference), build, dumps[0], options)
        hitz_dump(args.hitz, build, dumps[1], options)
        return subprocess.run([sys.executable, str(HERE / "compare_dumps.py"), *map(str, dumps)]).returncode


if __name__ == "__main__":
    sys.exit(main())
