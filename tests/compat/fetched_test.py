#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sources of recipes, fetched and unpacked by BitBake's bb.fetch2 and by hitz's: the same names in DL_DIR, links to
the same places, the same stamps, and the same trees: contents, modes, times, links.

    fetched_test.py HITZ BUILD RECIPE...

BUILD is a build directory whose configuration finds every source without a network (native_set.py makes one); the
recipes are read by hitz. HITZ_REFERENCE_BITBAKE names the reference's folder; without it, or without recipes, this is
skipped."""

import hashlib
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile

SKIPPED = 77
VARIABLES = ("SRC_URI", "FILESPATH", "PREMIRRORS", "MIRRORS", "PN", "PV", "BP", "SRCREV", "SRCREV_FORMAT", "BB_NO_NETWORK", "PATH", "FILE",
             "BB_STRICT_CHECKSUM", "BB_GIT_DEFAULT_DESTSUFFIX", "GO_MOD_CACHE_DIR", "GO_MOD_PROXY")

DRIVER = '''
import json, os, sys
import bb, bb.fetch2, bb.data
recipes, out, bb.__version__ = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
for recipe in recipes:
    d = bb.data.init()
    for name, value in recipe["vars"].items():
        d.setVar(name, value)
    for name, value in recipe["flags"].items():
        d.setVarFlag("SRC_URI", name, value)
    d.setVar("DL_DIR", out + "/downloads")
    work = out + "/work/" + recipe["name"]
    os.makedirs(work)
    try:
        fetcher = bb.fetch2.Fetch(recipe["vars"]["SRC_URI"].split(), d)
        fetcher.download()
        fetcher.unpack(work)
        said = ""
    except Exception as exc:
        said = type(exc).__name__
    with open(work + ".said", "w") as file:
        file.write(said)
'''


def recipes_of(hitz, build, names):
    """What the fetchers ask of each recipe."""
    out = []
    run = subprocess.run([hitz, "dump"] + names, cwd=build, stdout=subprocess.PIPE, check=True)
    for line in run.stdout.splitlines():
        row = json.loads(line)
        name = row["pn"]
        if name in names and row["vars"].get("SRC_URI") and not row["skipped"]:
            known = {key: value for key, value in row["vars"].items() if key in VARIABLES or key.startswith("SRCREV_")}
            out.append({"name": name, "vars": known, "flags": row["flags"].get("SRC_URI", {})})
    return out


def stamp(path):
    data = path.read_bytes()
    return pickle.loads(data) if data else "empty"


def tree(folder, places):
    """{path: what is there}; places: what is another folder in each of the two."""
    out = {}
    for path in sorted(folder.rglob("*")):
        info, name = path.lstat(), str(path.relative_to(folder))
        if path.name.endswith(".lock") or ".git/" in name and not name.endswith("/HEAD"):
            continue
        if path.is_symlink():
            out[name] = "-> " + os.readlink(path).replace(str(folder), places)
        elif path.is_dir():
            out[name] = "folder %o" % info.st_mode
        elif path.suffix == ".done":
            out[name] = "stamp %s" % stamp(path)
        elif path.suffix == ".said":
            out[name] = path.read_text()
        else:
            out[name] = "%o %d %s" % (info.st_mode, info.st_mtime, hashlib.sha256(path.read_bytes()).hexdigest())
    return out


def fetched(command, recipes, version, folder, env):
    folder.mkdir()
    (folder / "downloads").mkdir()
    (folder.parent / "driver.py").write_text(DRIVER)
    (folder.parent / "recipes.json").write_text(json.dumps(recipes))
    subprocess.run(command + [str(folder.parent / "driver.py"), str(folder.parent / "recipes.json"), str(folder), version], check=True,
                   env={**os.environ, **env}, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return tree(folder, "PLACE")


def main():
    reference = os.environ.get("HITZ_REFERENCE_BITBAKE")
    if not reference or len(sys.argv) < 4:
        print("skipped: HITZ_REFERENCE_BITBAKE names no BitBake, or no recipes are named")
        return SKIPPED
    hitz, build = os.path.abspath(sys.argv[1]), sys.argv[2]
    version = next(line.split('"')[1] for line in (pathlib.Path(reference) / "lib/bb/__init__.py").read_text().splitlines()
                   if line.startswith("__version__"))
    recipes = recipes_of(hitz, build, sys.argv[3:])
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        theirs = fetched([sys.executable], recipes, version, root / "theirs", {"PYTHONPATH": reference + "/lib", "PYTHONDONTWRITEBYTECODE": "1"})
        ours = fetched([hitz, "python"], recipes, version, root / "ours", {})
        failed = [path.name for path in sorted((root / "theirs/work").glob("*.said")) if path.read_text()]
    wrong = sorted(name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name))
    print("%d recipes (%d of which BitBake cannot fetch: %s), %d names: %d differ"
          % (len(recipes), len(failed), " ".join(failed), len(theirs), len(wrong)))
    for name in wrong[:20]:
        print("  %s\n    BitBake: %s\n    hitz:    %s" % (name, theirs.get(name), ours.get(name)))
    return 1 if wrong or not recipes else 0


if __name__ == "__main__":
    sys.exit(main())
