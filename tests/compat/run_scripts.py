#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scripts and environments of tasks: what run.* files hold under the reference and under hitz, in one build directory,
without running anything.

run_scripts.py [--build FOLDER] [--shown N] HITZ [TARGET...]

HITZ is the program hitz. HITZ_REFERENCE_BITBAKE and HITZ_REFERENCE_OECORE name the reference; without them this is
skipped. --build: a build directory with conf/, instead of a new one for qemux86-64 without a distro. Process ids and the
order of functions in the scripts of Python tasks, which is another one each time under BitBake, do not count."""

import argparse
import collections
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import bitbake_dump
import oecore_graphs

MORE = 'DATE:forcevariable = "20260101"\nTIME:forcevariable = "000000"\n'
PID = re.compile(r"fifo\.[0-9]+|^export PID=\"[0-9]+\"$", re.M)


# ---- under the reference: BitBake's own modules write each task's scripts as its worker would

def cooker():
    import bb.cooker
    out = bitbake_dump.make_cooker()
    out.handleCollections(out.data.getVar("BBFILE_COLLECTIONS"))
    collection = bb.cooker.CookerCollectFiles(out.bbfile_config_priorities, "")
    out.collections = {"": collection}
    collection.collect_bbfiles(out.data, out.data)
    return out


def script(function, d):
    """What exec_func() writes."""
    import io
    import bb
    text, flags = io.StringIO(), d.getVarFlags(function) or {}
    if flags.get("python"):
        bb.data.emit_func_python(function, text, d)
        return text.getvalue()
    d.delVarFlag("PWD", "export")
    text.write(bb.build.shell_trap_code())
    bb.data.emit_func(function, text, d)
    if bb.utils.to_boolean(d.getVar("BB_VERBOSE_LOGS", False)):
        text.write("set -x\n")
    dirs = d.expand(flags.get("dirs") or "").split()
    if dirs:
        text.write("cd '%s'\n" % dirs[-1])
    text.write("%s\n\n# cleanup\nret=$?\ntrap '' 0\nexit $ret\n" % function)
    return text.getvalue()


def environment(task, d):
    """What the worker puts into os.environ; d exports it from then on."""
    import bb
    out = dict(bb.data.exported_vars(d))
    root = "fakeroot" in (d.getVarFlags(task) or {})
    for word in (d.getVar("FAKEROOTENV" if root else "FAKEROOTNOENV") or "").split():
        name, value = word.split("=", 1)
        out[name] = value
        d.setVar(name, value)
        d.setVarFlag(name, "export", "1")
    for name in (d.getVarFlag(task, "exports") or "").split():
        d.setVarFlag(name, "export", "1")
        if d.getVar(name) is not None:
            out[name] = d.getVar(name)
    return out


def emit_recipe(builder, collection, rows):
    import bb
    import bb.cache
    fn = rows[0]["file"]
    real = bb.cache.virtualfn2realfn(fn)[0]
    config = builder.mcdata[""]
    config.setVar("BB_WORKERCONTEXT", "1")
    for name, value in rows[0]["settings"].items():
        config.setVar(name, value)
    recipe = builder.parseRecipe(fn, collection.get_file_appends(real), collection.calc_bbfile_priority(real)[2])
    for row in rows:
        d = recipe.createCopy()
        d.setVar("BB_CURRENTTASK", row["task"].replace("do_", ""))
        d.setVar("BB_TASKHASH", row["hash"])
        d.setVar("BB_UNIHASH", row["unihash"])
        told = environment(row["task"], d)
        bb.utils.empty_environment()
        os.environ.update(told)
        own = bb.build._task_data(fn, row["task"], d)
        own.setVar("BB_RUNTASK", row["task"])
        functions = (own.getVarFlag(row["task"], "prefuncs") or "").split() + [row["task"]]
        functions += (own.getVarFlag(row["task"], "postfuncs") or "").split()
        yield {"environment": told, "scripts": {name: script(name, own) for name in functions
                                                if own.getVar(name, False) is not None}}


def drive(folder):
    """Reads what hitz made of each recipe and writes beside it what BitBake does."""
    the_cooker = cooker()
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        rows = [json.loads(line) for line in path.open()]
        pid = os.fork()
        if pid == 0:
            with open(str(path) + ".reference", "w") as out:
                if rows:
                    for row in emit_recipe(the_cooker.databuilder, the_cooker.collections[""], rows):
                        out.write(json.dumps(row) + "\n")
            out.close()
            os._exit(0)
        if os.waitpid(pid, 0)[1] != 0:
            print("the reference failed for %s" % rows[0]["file"], file=sys.stderr)
    sys.stdout.flush()
    os._exit(0)


# ---- the comparison

class Found:
    def __init__(self, shown):
        self.tasks = self.scripts = self.equal_scripts = self.equal_environments = 0
        self.kinds, self.shown = collections.Counter(), shown

    def differ(self, where, kind, ours, theirs):
        self.kinds[kind] += 1
        if self.kinds[kind] <= self.shown:
            print("%s: %s" % (where, kind))
            lines = difflib.unified_diff(theirs.splitlines(), ours.splitlines(), "BitBake", "hitz", lineterm="", n=1)
            print("\n".join(line[:300] for line in list(lines)[:30]))

    def compare(self, ours, theirs):
        where = ours["file"] + ":" + ours["task"]
        self.tasks += 1
        names = set(ours["environment"]) | set(theirs["environment"])
        wrong = [name for name in names if ours["environment"].get(name) != theirs["environment"].get(name)]
        self.equal_environments += not wrong
        for name in sorted(wrong):
            self.differ(where, "environment " + name, str(ours["environment"].get(name)), str(theirs["environment"].get(name)))
        for name in sorted(set(ours["scripts"]) | set(theirs["scripts"])):
            self.scripts += 1
            left, right = (PID.sub("PID", one["scripts"].get(name, "")) for one in (ours, theirs))
            python = not right.startswith("#!")
            if left == right or python and sorted(left.split("\n")) == sorted(right.split("\n")):
                self.equal_scripts += 1
            else:
                self.differ(where, "script " + name, left, right)


def run(command, build, **more):
    env = {"PATH": os.environ["PATH"], "HOME": str(build), "LC_ALL": "en_US.UTF-8", "USER": os.environ.get("USER", ""), **more}
    done = subprocess.run([str(word) for word in command], cwd=build, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit("%s\n%s" % (" ".join(str(word) for word in command), done.stdout[-4000:]))
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hitz", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("--shown", type=int, default=2)
    parser.add_argument("targets", nargs="*", default=["zlib-native"])
    given = parser.parse_args()
    reference, layer = os.environ.get("HITZ_REFERENCE_BITBAKE"), os.environ.get("HITZ_REFERENCE_OECORE")
    if not reference or not layer or os.getuid() == 0:
        print("skipped: HITZ_REFERENCE_BITBAKE or HITZ_REFERENCE_OECORE names nothing, or BitBake does not run as root")
        return oecore_graphs.SKIPPED
    with tempfile.TemporaryDirectory(prefix="hitz-scripts-") as made:
        build = given.build or oecore_graphs.build_directory(pathlib.Path(made) / "build", layer, MORE)
        folder = pathlib.Path(made) / "scripts"
        path = "%s/bin:%s" % (reference, os.environ["PATH"])
        run([given.hitz.absolute(), "scripts", "--output", folder, *given.targets], build, PATH=path)
        told = run([sys.executable, pathlib.Path(__file__).absolute(), "--drive", folder], build, PATH=path,
                   PYTHONPATH="%s/lib:%s" % (reference, pathlib.Path(__file__).parent), PYTHONDONTWRITEBYTECODE="1")
        print(told, end="")
        found = Found(given.shown)
        for path in sorted(folder.glob("*.jsonl")):
            theirs = pathlib.Path(str(path) + ".reference")
            ours = [json.loads(line) for line in path.open()]
            lines = [json.loads(line) for line in theirs.open()] if theirs.exists() else []
            if len(ours) != len(lines):
                print("%s: %d tasks of hitz, %d of BitBake" % (ours[0]["file"], len(ours), len(lines)))
                found.kinds["missing"] += 1
            for left, right in zip(ours, lines):
                found.compare(left, right)
    for kind, count in found.kinds.most_common(40):
        print("%6d  %s" % (count, kind))
    print("%d tasks: %d of %d scripts equal, %d environments equal" % (
        found.tasks, found.equal_scripts, found.scripts, found.equal_environments))
    return 1 if found.kinds else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--drive"]:
        drive(sys.argv[2])
    sys.exit(main())
