#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The reference's own tests of its bb package, run against hitz's.

bb_tests.py HITZ [--lib ROOT] [MODULE...]

--lib: by the system's python3, which finds bb in ROOT/lib and bitbake in ROOT/bin as scripts do.
HITZ_REFERENCE_BITBAKE names the reference's folder; without it this is skipped. MISSING names what is not there or
not meant to be; each of its tests must fail, so that the list stays true, and every other one must pass."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SKIPPED = 77
# Module -> the classes or tests that hitz has no answer to, as regular expressions, with the reason.
MISSING = {
    "codeparser": [],
    "color": [],
    "compression": [],
    "data": [r"test_serialize$",  # a datastore is equal to itself alone
             r"test_memoized$"],  # texts are made when they are asked for
    "event": [r"UIHhandler", r"_ui_", r"test_fire$", r"test_fire_from_worker", r"test_worker_fire", r"threadlock", r"test_class_handler_filters",
              r"LogHandler", r"lineno_in_eventhandler"],  # user interfaces are hitz's own
    "fetch": [r"test_annotated_tag_rev_match", r"test_external_svn"],  # ask servers far away, whatever BB_SKIP_NETTESTS says
    "filter": [],
    "parse": [r"test_file_variables"],  # starts bitbake
    "siggen": [],
    "utils": [],
}

RUNNER = '''
import importlib.util, json, sys, types, unittest
import bb
folder, out, name, bb.__version__ = sys.argv[1:]
bb.tests = sys.modules["bb.tests"] = types.ModuleType("bb.tests")
bb.tests.__path__ = [folder]
module, _, part = name.partition(".")
spec = importlib.util.spec_from_file_location("bb.tests." + module, folder + "/" + module + ".py")
loaded = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(loaded)
loader = unittest.defaultTestLoader
suite = loader.loadTestsFromName(part, loaded) if part else loader.loadTestsFromModule(loaded)

def flat(tests):
    for test in tests:
        yield from flat(test) if isinstance(test, unittest.TestSuite) else (test,)

def named(test):
    return ".".join((test.test_case if isinstance(test, unittest.case._SubTest) else test).id().split(".")[-2:])

names = [named(test) for test in flat(suite)]
result = unittest.TextTestRunner(verbosity=0).run(suite)
failed = sorted({named(test) for test, _ in result.failures + result.errors})
with open(out, "w") as file:
    json.dump({"names": names, "failed": failed, "skipped": [named(test) for test, _ in result.skipped]}, file)
'''


def run(hitz, root, tests, name):
    with tempfile.TemporaryDirectory() as folder:
        script, out = pathlib.Path(folder) / "run.py", pathlib.Path(folder) / "result.json"
        script.write_text(RUNNER)
        said = re.search(r'^__version__ = "(.*)"', (tests.parent / "__init__.py").read_text(), re.MULTILINE)
        env = {**os.environ, "LC_ALL": "C.UTF-8", "BB_SKIP_NETTESTS": "yes"}
        if root:
            env.update(HITZ_PROGRAM=hitz, PYTHONPATH=os.path.join(root, "lib"), PATH=os.path.join(root, "bin") + ":" + env["PATH"])
        command = ["/usr/bin/python3"] if root else [hitz, "python"]
        done = subprocess.run([*command, str(script), str(tests), str(out), name, said[1]], cwd=folder, capture_output=True, text=True, env=env)
        if not out.exists():
            sys.exit("%s: the tests did not end\n%s" % (name, done.stderr[-4000:]))
        return json.loads(out.read_text()), done.stderr + done.stdout


def main():
    reference = os.environ.get("HITZ_REFERENCE_BITBAKE")
    if not reference:
        print("skipped: HITZ_REFERENCE_BITBAKE names no BitBake")
        return SKIPPED
    tests = pathlib.Path(reference) / "lib/bb/tests"
    words, root, wrong = sys.argv[2:], None, 0
    if words[:1] == ["--lib"]:
        root, words = os.path.abspath(words[1]), words[2:]
    for name in words or MISSING:
        result, log = run(os.path.abspath(sys.argv[1]), root, tests, name)
        excused = {test for test in set(result["names"]) - set(result["skipped"]) if any(re.search(pattern, test) for pattern in MISSING.get(name, []))}
        failed = set(result["failed"])
        print("%s: %d tests, %d pass, %d are skipped, %d are not meant to pass" % (
            name, len(result["names"]), len(set(result["names"]) - failed) - len(result["skipped"]), len(result["skipped"]), len(excused & failed)))
        for test in sorted(failed - excused):
            print("  fails: " + test)
        for test in sorted(excused - failed):
            print("  passes, and is listed as missing: " + test)
        if failed - excused:
            print(log[-4000:])
        wrong += len(failed ^ excused)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
