#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What two builds of the same recipes left: equal?

    native_compare.py BUILD-A BUILD-B [--again BUILD-C]

compares of two build directories the trees in sysroots-components (names, kinds, modes, contents with the build directory's
own path left out), pkgdata in the same way, the names of the sstate objects and what each holds (names, kinds, modes, owners),
and the manifests. Files whose content differs between A and C, two runs
of the same program, need not be equal in B. Exit status 1 when something differs.
"""

import hashlib
import os
import subprocess
import sys


def tmpdir(build):
    return next(path for path in (os.path.join(build, name) for name in ("tmp", "tmp-glibc")) if os.path.isdir(path))


def normal(data, build):
    """Without the build directory's path; a longer or shorter one is padded with NULs in binaries, so these count by size alone."""
    return data.replace(os.path.abspath(build).encode(), b"@BUILD@")


def tree(folder, build):
    """Of every path below a folder: kind, mode, and what it holds."""
    out = {}
    for root, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(root, name)
            info = os.lstat(path)
            if os.path.islink(path):
                what = ("link", "", normal(os.readlink(path).encode(), build).decode())
            elif os.path.isdir(path):
                what = ("folder", oct(info.st_mode & 0o7777), "")
            else:
                with open(path, "rb") as file:
                    what = ("file", oct(info.st_mode & 0o7777), hashlib.sha256(normal(file.read(), build)).hexdigest())
            out[os.path.relpath(path, folder)] = what
    return out


def sstate_objects(build):
    """Of every object's name: where it is."""
    found = {}
    for folder, _, files in os.walk(os.path.join(build, "sstate-cache")):
        # A task that was killed while it packed an object leaves it under a name of mktemp's.
        found.update((name, os.path.join(folder, name)) for name in files if name.startswith("sstate:") and name.endswith((".tar.zst", ".siginfo", ".sig")))
    return found


def held(path):
    """What an sstate object holds: of every path kind and mode, owner, and where a link leads to. Owners other than root are
    those of whoever built."""
    if not path.endswith(".tar.zst"):
        return set()
    out = set()
    for line in subprocess.run(["tar", "-I", "zstd", "--numeric-owner", "-tvf", path], capture_output=True, text=True, check=True).stdout.splitlines():
        mode, owner, _, _, _, name = line.split(None, 5)
        out.add("%s %s %s" % (mode, "/".join("root" if part == "0" else "builder" for part in owner.split("/")), name))
    return out


def manifests(build):
    folder = os.path.join(tmpdir(build), "sstate-control")
    out = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            out[name] = sorted(normal(file.read(), build).splitlines()) if not name.startswith("index-") else []
    return out


def differences(kind, a, b, ignored=()):
    out = ["%s: only in the first: %s" % (kind, name) for name in sorted(set(a) - set(b))]
    out += ["%s: only in the second: %s" % (kind, name) for name in sorted(set(b) - set(a))]
    if isinstance(a, dict):
        for name in sorted(set(a) & set(b)):
            if a[name] != b[name] and name not in ignored:
                out.append("%s: differs: %s%s" % (kind, name, " %s %s" % (a[name], b[name]) if isinstance(a[name], tuple) else ""))
    return out


def main(arguments):
    again = None
    if "--again" in arguments:
        at = arguments.index("--again")
        again = arguments[at + 1]
        del arguments[at:at + 2]
    if len(arguments) != 2:
        sys.exit(__doc__)
    first, second = arguments
    trees = [tree(os.path.join(tmpdir(build), "sysroots-components"), build) for build in (first, second)]
    for found in trees:
        found.pop("manifests", None)  # made with the umask of whichever task comes first
    unstable = set()
    if again:
        third = tree(os.path.join(tmpdir(again), "sysroots-components"), again)
        unstable = {name for name, what in trees[0].items() if name in third and third[name][2] != what[2]}
    wrong = differences("sysroots-components", *trees, ignored=unstable)
    wrong += differences("pkgdata", *(tree(os.path.join(tmpdir(build), "pkgdata"), build) for build in (first, second)))
    objects = [sstate_objects(build) for build in (first, second)]
    wrong += differences("sstate", set(objects[0]), set(objects[1]))
    wrong += differences("in sstate", *({name: held(found[name]) for name in set(objects[0]) & set(objects[1])} for found in objects))
    wrong += differences("manifest", manifests(first), manifests(second))
    for line in wrong:
        print(line)
    print("%d paths in sysroots-components, %d of them differing between two runs of the first; %d sstate objects; %d manifests: "
          "%d differences" % (len(trees[0]), len(unstable), len(objects[0]), len(manifests(first)), len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
