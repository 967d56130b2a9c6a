# SPDX-License-Identifier: Apache-2.0
"""Scripts that speak to hitz through bb.tinfoil, and commands that layers bring."""

import os
import shutil
import subprocess

from support import HITZ, PLAIN, ROOT, WORK, Place, has, test, toy_layer

LAYER = {
    "conf/layer.conf": 'BBPATH .= ":${LAYERDIR}"\nBBFILES += "${LAYERDIR}/*.bb ${LAYERDIR}/*.bbappend"\nBBFILE_COLLECTIONS += "scripted"\n'
                       'BBFILE_PATTERN_scripted = "^${LAYERDIR}/"\nBBFILE_PRIORITY_scripted = "6"\nLAYERSERIES_COMPAT_scripted = "wrynose"\n',
    "greet_1.0.bb": PLAIN + 'SUMMARY = "says hello"\nPROVIDES += "virtual/greeting"\nWHOM ?= "nobody"\nBBCLASSEXTEND = "native"\n'
                    'do_first() {\n    :\n}\naddtask first\n'
                    'do_greet() {\n    echo "hello ${WHOM}" > ${TOPDIR}/greeting\n}\naddtask greet after do_first\n'
                    'do_break() {\n    echo "it breaks"\n    exit 1\n}\naddtask break\ndo_wait() {\n    sleep 2\n}\naddtask wait\naddtask late after do_wait\ndo_late() {\n    :\n}\n',
    "greet_1.0.bbappend": 'WHOM = "world"\n',
    "gone_1.0.bb": PLAIN + 'python () {\n    raise bb.parse.SkipRecipe("nobody wants it")\n}\n',
    "lib/bblayers/count.py": '''
from bblayers.common import LayerPlugin

def plugin_init(plugins):
    return Count()

class Count(LayerPlugin):
    def do_count_recipes(self, args):
        """counts recipes

Those of a name."""
        print("%s: %d" % (args.name, len(self.tinfoil.cooker.recipecaches[""].pkg_pn[args.name])))
        print(self.get_layer_name(self.bblayers[-1]), sorted(self.bbfile_collections))

    def register_commands(self, subparsers):
        parser = self.add_command(subparsers, "count-recipes", self.do_count_recipes)
        parser.add_argument("name")
''',
}

# As scripts of layers begin: bb is beside the bitbake on PATH.
SCRIPT = '''
import os, sys
folder = next(f for f in os.environ["PATH"].split(":") if os.path.exists(os.path.join(f, "../lib/bb")))
sys.path.insert(0, os.path.join(folder, "../lib"))
import bb.tinfoil
'''

CONFIGURATION = '''
before, here = dict(os.environ), os.getcwd()
with bb.tinfoil.Tinfoil(tracking=True) as tinfoil:
    tinfoil.prepare(config_only=True)
    d = tinfoil.config_data
    print("machine", d.getVar("MACHINE"))
    print("home", d.getVar("BB_ORIGENV", False).getVar("HOME") == os.environ["HOME"])
    tinfoil.run_command("setVariable", "MINE", "a value")
    print("mine", d.getVar("MINE"), tinfoil.run_command("getVariable", "MINE"))
    print("set in", sorted(os.path.basename(p) for p in d.varhistory.get_variable_files("MACHINE")))
    print("same surroundings", before == dict(os.environ), here == os.getcwd())
    try:
        tinfoil.run_command("noSuchThing")
    except bb.tinfoil.TinfoilCommandFailed as error:
        print("failed:", error)
print("afterwards", tinfoil.config_data)
'''

RECIPES = '''
with bb.tinfoil.Tinfoil(tracking=True) as tinfoil:
    tinfoil.prepare(quiet=2)
    fn = tinfoil.get_recipe_file("virtual/greeting")
    print("file", os.path.basename(fn), [os.path.basename(p) for p in tinfoil.get_file_appends(fn)])
    print("with", tinfoil.parse_recipe("greet").getVar("WHOM"), "without", tinfoil.parse_recipe_file(fn, appends=False).getVar("WHOM"))
    base = bb.data.createCopy(tinfoil.config_data)
    base.setVar("WHOM:pn-greet", "me")
    print("changed", tinfoil.parse_recipe_file(fn, config_data=base).getVar("WHOM"))
    print("variant", tinfoil.parse_recipe("greet-native").getVar("PN"))
    info = tinfoil.get_recipe_info("greet")
    print("info", info.pn, info.pv, "virtual/greeting" in info.provides, "greet-dev" in info.packages)
    print("all", {"greet", "greet-native"} <= {r.pn for r in tinfoil.all_recipes()}, len(list(tinfoil.all_recipe_files(variants=False))) > 1)
    print("latest", tinfoil.find_providers()[0]["greet"][0])
    for name in ("gone", "gret"):
        try:
            tinfoil.get_recipe_file(name)
        except bb.providers.NoProvider as error:
            print("none:", " ".join(str(error).split()))
    with open(os.path.join(os.path.dirname(fn), "new_2.0.bb"), "w") as file:
        file.write(open(fn).read())
    tinfoil.modified_files()
    print("new", os.path.basename(tinfoil.get_recipe_file("new")))
    os.unlink(os.path.join(os.path.dirname(fn), "new_2.0.bb"))
'''

BUILDING = '''
with bb.tinfoil.Tinfoil() as tinfoil:
    tinfoil.prepare(quiet=2)
    heard = []
    done = tinfoil.build_targets("greet", "greet", event_callback=lambda event: heard.append(type(event).__name__))
    print("built", done, open(os.path.join(tinfoil.config_data.getVar("TOPDIR"), "greeting")).read().strip())
    print("heard", "CommandCompleted" in heard, bb.fetch2.MissingChecksumEvent.__module__)
    print("broken", tinfoil.build_targets("greet", "break"))
    print("unknown", tinfoil.build_targets("gret", "greet"))
    tinfoil.set_event_mask(["bb.event.DepTreeGenerated", "bb.command.CommandCompleted", "bb.command.CommandFailed"])
    tinfoil.run_command("generateDepTreeEvent", ["greet"], "do_greet")
    event = tinfoil.wait_event(60)
    print("graph", event._depgraph["tdepends"]["greet.do_greet"], event._depgraph["pn"]["greet"]["version"])
    print(type(tinfoil.wait_event(60)).__name__)
'''

INTERRUPTED = '''
import signal

def heard(event):
    if isinstance(event, bb.build.TaskStarted):
        print("begins", event.taskname, event.pn)
        os.kill(os.getpid(), signal.SIGINT)

with bb.tinfoil.Tinfoil() as tinfoil:
    tinfoil.prepare(quiet=2)
    print("interrupted", tinfoil.build_targets("greet", "late", event_callback=heard))
'''


def place():
    return Place("scripting", toy_layer("scripted", LAYER))


def python(text, *words, status=0, at=None):
    """Runs a script with the system's python3, hitz's bin/ on PATH."""
    at = at or place()
    path = os.path.join(at.folder, "script.py")
    with open(path, "w") as file:
        file.write(SCRIPT + text)
    done = subprocess.run(["/usr/bin/python3", path, *words], cwd=at.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600,
                          env={**os.environ, "HITZ_PROGRAM": HITZ, "BBPATH": at.build,
                               "PATH": os.path.join(ROOT, "bin") + ":" + os.environ["PATH"]})
    assert done.returncode == status, "status %d:\n%s" % (done.returncode, done.stdout)
    return done.stdout


@test
def a_script_of_another_python_reads_the_configuration():
    has(python(CONFIGURATION), "machine qemux86-64\n", "home True\n", "mine a value a value\n", "'local.conf'", "same surroundings True True\n",
        "failed: No such command\n", "afterwards None\n")


@test
def a_script_keeps_its_words_its_exit_status_and_its_last_wishes():
    out = python('import atexit\natexit.register(lambda: print("wish"))\nprint(sys.argv[1:], __name__, os.path.basename(sys.modules["__main__"].__file__))\n'
                 "exit(7)\n", "a b", "-c", status=7)
    has(out, "['a b', '-c'] __main__ script.py\n", "wish\n")
    has(python('raise ValueError("untold")\n', status=1), "ValueError: untold")


@test
def a_script_reads_recipes():
    has(python(RECIPES), "file greet_1.0.bb ['greet_1.0.bbappend']\n", "with world without nobody\n", "changed me\n", "variant greet-native\n",
        "info greet 1.0 True True\n", "all True True\n", "latest ('', '1.0', 'r0')\n", "none: gone is unavailable: gone was skipped: nobody wants it\n",
        'none: Unable to find any recipe file matching "gret". Close matches: greet', "new new_2.0.bb\n")


@test
def a_script_builds_and_hears_of_it():
    has(python(BUILDING), "built True hello world\n", "heard True bb.fetch2\n", "ERROR: Logfile of failure stored in: ", "broken False\n",
        "Nothing PROVIDES 'gret'", "unknown False\n", "graph ['greet.do_first'] :1.0-r0\n", "CommandCompleted\n")


@test
def a_script_that_is_interrupted_ends_its_build():
    out = python(INTERRUPTED)
    has(out, "begins do_wait greet\n", "Keyboard Interrupt, closing down", "interrupted False\n")
    assert "do_late" not in out, out


def called(name, at, *words, status=0):
    """Runs hitz under one of BitBake's names in a build directory; its output."""
    link = os.path.join(WORK, "bin", name)
    os.makedirs(os.path.dirname(link), exist_ok=True)
    if not os.path.lexists(link):
        os.symlink(HITZ, link)
    done = subprocess.run([link, *words], cwd=at.build, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    assert done.returncode == status, done.stdout
    return done.stdout


def bitbake(at, *words, status=0):
    return called("bitbake", at, *words, status=status)


def by_bitbakes_rules(name, recipes):
    """A build directory whose tasks run as BitBake runs them: they have results in a sstate."""
    kept = "def all_kept(sq_data, d, siginfo=False, currentcount=0, summary=True):\n    return set(sq_data['hash'])\n"
    return Place(name, toy_layer(name, dict(recipes, **{"classes/kept.bbclass": kept})), 'INHERIT += "kept"\nBB_HASHCHECK_FUNCTION = "all_kept"\n')


@test
def a_layer_brings_a_command_of_bitbake_layers():
    at = place()

    def layers(*words, status=0):
        return called("bitbake-layers", at, *words, status=status)

    has(layers("count-recipes", "greet"), "greet: 1\n", "scripted ['")
    has(layers("--help"), "count-recipes", "counts recipes", "show-layers", "create-layer")
    has(layers("show-layers"), "scripted")
    has(layers("count-recipes", status=2), "usage: bitbake-layers")
    has(layers("no-such-command", status=2), "no-such-command")


@test
def a_result_that_cannot_be_restored_is_made_and_bitbake_counts_one_warning_for_it():
    at = by_bitbakes_rules("unrestored", {"one_1.0.bb": PLAIN + "do_keep () {\n    :\n}\naddtask keep before do_build\n"
                                                                "do_keep_setscene () {\n    exit 1\n}\naddtask keep_setscene\n"})
    has(bitbake(at, "-c", "keep", "one"), "WARNING: one-1.0-r0 do_keep_setscene: Execution of", "WARNING: Logfile for failed setscene task is ",
        "do_keep_setscene) failed with exit code '1' - real task will be run instead", "task do_keep: Succeeded",
        "Summary: There was 1 WARNING message.")


@test
def bitbake_shows_what_a_task_of_python_wrote_once():
    layer = toy_layer("pylogs", {"pylog_1.0.bb": PLAIN +
                                 'python do_leave () {\n    print("said before")\n    raise SystemExit(1)\n}\naddtask leave\n'
                                 'python do_inner () {\n    bb.build.exec_func("leave_shell", d)\n}\naddtask inner\n'
                                 'leave_shell () {\n    echo said before\n    exit 1\n}\n'
                                 'python do_stop () {\n    print("said before")\n    bb.fatal("told why")\n}\naddtask stop\n'})
    at = Place("pylogs", layer)

    def said(*words):
        out = bitbake(at, *words, status=1)
        has(out, "ERROR: Logfile of failure stored in:")
        return out.count("said before")

    for logs in ("", "yes"):
        with open(os.path.join(at.build, "conf", "local.conf"), "a") as file:
            file.write('BBINCLUDELOGS = "%s"\n' % logs)
        told = 1 if logs else 0
        assert said("pylog", "-c", "leave", "-f") == told
        assert said("pylog", "-c", "inner", "-f") == told
        assert said("pylog", "-c", "stop", "-f") == 0
        assert said("pylog", "-c", "leave", "-f", "-v") == 1
        assert said("pylog", "-c", "stop", "-f", "-v") == 1
        assert said("pylog", "-c", "inner", "-f", "-v") == 2  # the shell's trace too


@test
def a_task_has_as_much_memory_as_it_needs_beside_recipes_that_were_kept():
    recipes = {"part%d_1.0.bb" % number: PLAIN + 'LONG = "%s"\n' % ("x" * 5000) for number in range(40)}
    recipes["large_1.0.bb"] = PLAIN + ("python do_fill () {\n    texts = [bytes(100000) for number in range(1000)]\n"
                                       "    for number in range(200):\n        d.setVar('LARGE_%d' % number, str(number) * 100000)\n"
                                       '    bb.plain("%d texts" % len(texts))\n}\naddtask fill\n')
    at = by_bitbakes_rules("large", recipes)
    bitbake(at, "-p")
    has(bitbake(at, "-c", "fill", "large"), "1000 texts")


@test
def bitbake_names_the_recipe_file_that_is_not_there_and_why_nobody_provides():
    at = place()
    has(bitbake(at, "-b", "nowhere", status=1), "ERROR: Unable to find any recipe file matching 'nowhere'\n", "Summary: There was 1 WARNING message",
        "Summary: There was 1 ERROR message")
    has(bitbake(at, "-b", "g.*_1", status=1), "ERROR: Unable to match 'g.*_1' to a specific recipe file - 2 matches found:\n    ")
    has(bitbake(at, "-b", "gr[ea]+t_", "-c", "first", "-f", "-n"), "do_first")
    has(bitbake(at, "gone", status=1), "ERROR: Nothing PROVIDES 'gone'\ngone was skipped: nobody wants it\n")


@test
def bitbake_makes_the_folder_of_what_is_kept_before_anything_is():
    at = place()
    shutil.rmtree(os.path.join(at.build, "cache"), ignore_errors=True)
    bitbake(at, "-e")
    assert os.path.isdir(os.path.join(at.build, "cache"))


@test
def the_build_directory_is_found_by_bbpath_from_anywhere():
    at = place()
    words = [os.path.join(WORK, "bin", "bitbake"), "-e"]
    bitbake(at, "--version")
    for path, status in (("/nowhere:" + at.build, 0), ("/nowhere", 1)):
        done = subprocess.run(words, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, env={**os.environ, "BBPATH": path})
        assert done.returncode == status, done.stdout
        assert ('\nTOPDIR="%s"\n' % at.build in done.stdout) == (status == 0), done.stdout


@test
def a_folder_whose_name_has_a_variable_that_nobody_set_is_not_made():
    layer = toy_layer("lost", {"lost_1.0.bb": PLAIN + 'PV .= "${NOBODY_SET}"\ndo_greet () {\n    :\n}\naddtask greet\n',
                               "astray_1.0.bb": PLAIN + 'do_greet () {\n    :\n}\ndo_greet[dirs] = "${TOPDIR}/${NOBODY_SET}"\naddtask greet\n'})
    at = Place("lost", layer)
    for recipe, begins in (("lost", "ERROR: Directory name /"), ("astray", "ERROR: astray-1.0-r0 do_greet: Directory name /")):
        out = bitbake(at, recipe, "-c", "greet", status=1)
        has(out, begins, "${NOBODY_SET}", " contains unexpanded bitbake variable. This may cause build failures and WORKDIR polution.\n",
            "Summary: There was 1 ERROR message" if recipe == "lost" else "do_greet) failed with exit code '1'")
    assert not [name for _, folders, _ in os.walk(at.build) for name in folders if "${" in name]
