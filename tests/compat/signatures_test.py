#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The hashes of OpenEmbedded-Core's tasks are the reference's: locked-sigs.inc of "bitbake -S lockedsigs" letter by letter, and
every signature file.

signatures_test.py HITZ [--lines FILE] [--keep-going] [TARGET...]; HITZ_REFERENCE_BITBAKE and HITZ_REFERENCE_OECORE name a BitBake and the
OE-Core that goes with it. Without them, or as root, it is skipped. --lines adds a file to local.conf (locked signatures…)."""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
LOCAL = """MACHINE = "qemux86-64"
BB_NO_NETWORK = "1"
CONNECTIVITY_CHECK_URIS = ""
DATE:forcevariable = "20260101"
TIME:forcevariable = "000000"
"""


def make_build_directory(folder, oecore, lines):
    conf = folder / "conf"
    conf.mkdir(parents=True)
    (conf / "bblayers.conf").write_text('BBPATH = "${TOPDIR}"\nBBFILES ?= ""\nBBLAYERS = "%s/meta"\n' % oecore)
    (conf / "local.conf").write_text(LOCAL + lines)
    (conf / "sanity.conf").write_text("")


def content(path):
    return subprocess.run(["zstd", "-dcq", str(path)], check=True, stdout=subprocess.PIPE).stdout


def signature_files(tmp):
    return {str(path.relative_to(tmp)): path for path in tmp.rglob("*.sigdata.*")}


def names_with_chance(files):
    """Files of tasks without stamps, and of those that need them: their hashes are others in every run."""
    data = {name: json.loads(content(path)) for name, path in files.items()}
    hashes = {one["unihash"] for one in data.values() if str(one.get("taint", "")).startswith("nostamp:")}
    while True:
        more = {one["unihash"] for one in data.values() if hashes & set(one["runtaskhashes"].values())} - hashes
        if not more:
            return {name for name, one in data.items() if one["unihash"] in hashes}
        hashes |= more


def compare(theirs, ours):
    """What is different, in lines; how many files were compared."""
    a, b = signature_files(theirs), signature_files(ours)
    chance_a, chance_b = names_with_chance(a), names_with_chance(b)
    only = [("only BitBake has", name) for name in sorted(a.keys() - b.keys() - chance_a)]
    only += [("only hitz has", name) for name in sorted(b.keys() - a.keys() - chance_b)]
    differ = [("not the same:", name) for name in sorted(a.keys() & b.keys()) if content(a[name]) != content(b[name])]
    if len(chance_a) != len(chance_b):
        only.append(("as many tasks without stamps as", "%d and %d" % (len(chance_a), len(chance_b))))
    return ["%s %s" % pair for pair in only + differ], len(a)


def locked_lines(path):
    return sorted(path.read_text().splitlines())


def run(command, build, env):
    done = subprocess.run(command, cwd=build, env=env, capture_output=True, text=True)
    if "Writing locked sigs" not in done.stdout + done.stderr:
        sys.exit("%s failed:\n%s%s" % (command[0], done.stdout[-3000:], done.stderr[-3000:]))


def both(hitz, bitbake, build, target, options):
    """Both programs in the same folder, one after the other: hashes may cover its name."""
    env = {"PATH": "%s:%s" % (bitbake / "bin", os.environ["PATH"]), "HOME": str(build), "LC_ALL": "en_US.UTF-8"}
    tmp = lambda: next(path for path in build.glob("tmp*") if (path / "stamps").is_dir())
    kept = build.parent / (build.name + "-bitbake")
    run([str(bitbake / "bin/bitbake"), *options, "-S", "lockedsigs", target], build, env)
    subprocess.run([str(bitbake / "bin/bitbake"), "-m"], cwd=build, env=env, capture_output=True)
    kept.mkdir()
    shutil.move(str(tmp()), str(kept / "tmp"))
    shutil.move(str(build / "locked-sigs.inc"), str(kept / "locked-sigs.inc"))
    for path in (build / "cache").glob("bb_unihashes.dat*"):
        path.unlink()
    run([hitz, "signatures", "-S", "lockedsigs", target], build, env)
    problems, count = compare(kept / "tmp/stamps", tmp() / "stamps")
    if locked_lines(kept / "locked-sigs.inc") != locked_lines(build / "locked-sigs.inc"):
        problems.insert(0, "locked-sigs.inc is not the same")
    return problems, count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hitz")
    parser.add_argument("--lines")
    parser.add_argument("--keep-going", "-k", action="store_true")
    parser.add_argument("targets", nargs="*", default=["core-image-minimal"])
    given = parser.parse_args()
    bitbake, oecore = (os.environ.get("HITZ_REFERENCE_" + name) for name in ("BITBAKE", "OECORE"))
    if not bitbake or not oecore or os.getuid() == 0:
        print("skipped: HITZ_REFERENCE_BITBAKE or HITZ_REFERENCE_OECORE names nothing, or root runs this")
        return SKIPPED
    wrong = 0
    for target in given.targets:
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hitz-signatures-"))
            build = pathlib.Path(folder) / "build"
            make_build_directory(build, oecore, pathlib.Path(given.lines).read_text() if given.lines else "")
            problems, count = both(os.path.abspath(given.hitz), pathlib.Path(bitbake), build, target, ["-k"] if given.keep_going else [])
        for problem in problems[:40]:
            print("%s: %s" % (target, problem))
        print("%s: %d signature files, %d problems" % (target, count, len(problems)))
        wrong += bool(problems)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
