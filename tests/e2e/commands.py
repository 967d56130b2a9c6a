# SPDX-License-Identifier: Apache-2.0
"""What commands say of metadata and do to layers, none of which builds anything."""

import json
import os
import re
import subprocess
import time

from support import HITZ, PLAIN, WORK, Place, has, test, toy_layer

SUMMARY = re.compile(r"Parsing of (\d+) \.bb files complete \((\d+) cached, (\d+) parsed\)\. (\d+) targets, (\d+) skipped, (\d+) masked, (\d+) errors\.")
LAYER_CONF = ('BBPATH .= ":${LAYERDIR}"\nBBFILES += "${LAYERDIR}/*.bb ${LAYERDIR}/*.bbappend"\nBBFILE_COLLECTIONS += "%s"\n'
              'BBFILE_PATTERN_%s = "^${LAYERDIR}/"\nBBFILE_PRIORITY_%s = "%d"\nLAYERSERIES_COMPAT_%s = "wrynose"\n')


def layer(name, priority, files):
    return toy_layer(name, {"conf/layer.conf": LAYER_CONF % (name, name, name, priority, name), **files})


def two_layers():
    """A place with a lower and a higher layer that overlay, append to and need each other."""
    low = layer("low", 6, {"thing_1.0.bb": PLAIN, "other_1.0.bb": PLAIN + 'DEPENDS = "zlib"\nBBCLASSEXTEND = "native"\n',
                           "never_2.0.bb": PLAIN + 'python () {\n    raise bb.parse.SkipRecipe("not today")\n}\n',
                           "classes/shared.bbclass": "A = \"1\"\n"})
    high = layer("high", 7, {"thing_1.0.bb": PLAIN, "thing_2.0.bb": PLAIN, "other_%.bbappend": 'B = "1"\n', "never_2.0.bbappend": 'B = "1"\n',
                             "classes/shared.bbclass": "A = \"2\"\n", "conf/machine/box.conf": "\n"})
    return Place("layers", low + " " + high), low, high


@test
def parse_says_what_there_is_and_where_the_time_went():
    layer_folder = toy_layer("summary", {"a_1.0.bb": PLAIN, "b_1.0.bb": PLAIN + 'BBCLASSEXTEND = "native"\n'})
    place = Place("summary", layer_folder, 'BBMASK = "/recipes-"\n')
    time.sleep(0.2)  # a file as young as the run itself may still change: it would be read again
    files, cached, parsed, targets, skipped, masked, errors = map(int, SUMMARY.search(place.hitz("parse")).groups())
    assert (files, cached, parsed, targets, skipped, errors) == (2, 0, 2, 3, 0, 0), (files, cached, parsed, targets, skipped, errors)
    assert masked > 5, masked
    has(place.hitz("parse"), "Parsing of 2 .bb files complete (2 cached, 0 parsed). 3 targets,")
    subprocess.run(["rm", "-rf", os.path.join(place.build, "cache")], check=True)
    rows = dict(re.findall(r"^  ([A-Za-z ]+?) +([0-9.]+) s ", place.hitz("parse", "--timings"), re.M))
    assert list(rows) == ["parsing text", "evaluating", "Python", "dependency analysis", "hashing", "all else", "together"], rows
    total = float(rows.pop("together"))
    assert abs(sum(map(float, rows.values())) - total) < 0.1, (rows, total)
    assert 0 < float(rows["all else"]) <= total, rows


@test
def layers_are_shown_in_the_words_of_bitbake_layers():
    place, low, high = two_layers()
    lines = place.hitz("layers", "show-layers").splitlines()
    assert lines[0] == "layer" + " " * 17 + "path" + " " * 68 + "priority" and lines[1] == "=" * 104, lines
    assert lines[3] == "low" + " " * 19 + low.ljust(70) + "  6", lines
    shown = place.hitz("layers", "show-recipes", "thing", "other*", "never")
    assert shown == ("=== Matching recipes: ===\nnever:\n  low                  2.0 (skipped: not today)\nother:\n  low                  1.0\n"
                     "thing:\n  high                 2.0\n  high                 1.0\n  low                  1.0\n"), shown
    assert place.hitz("layers", "show-recipes", "-b", "-r", "never") == "=== Matching recipes: ===\nnever\n"
    assert place.hitz("layers", "show-recipes", "-f", "-l", "high", "thing") == \
        "=== Matching recipes: ===\n%s/thing_2.0.bb\n  %s/thing_1.0.bb\n" % (high, high)
    has(place.hitz("layers", "show-recipes", "-i", "nosuch", status=1), "No class named nosuch found in BBPATH")
    assert place.hitz("layers", "show-appends") == ("=== Appended recipes ===\nother_1.0.bb:\n  %s/other_%%.bbappend\n"
                                                    "never_2.0.bb (skipped):\n  %s/never_2.0.bbappend\n") % (high, high)
    overlayed = place.hitz("layers", "show-overlayed")
    assert overlayed == ("=== Overlayed recipes ===\nthing:\n  high                 2.0\n  high                 1.0\n  low                  1.0\n"
                         "=== Overlayed classes ===\nshared.bbclass:\n  low\n  high\n"), overlayed
    has(place.hitz("layers", "-q", "show-cross-depends"), "low/other_1.0.bb DEPENDS recipes/recipes-core/zlib/zlib_1.2.13.bb")
    has(place.hitz("layers", "show-machines"), "qemux86-64 (recipes)\n", "box (high)\n")
    assert place.hitz("layers", "show-machines", "-b", "-l", "high") == "box\n"
    has(place.hitz("layers", "show-layer", status=1), "hitz layers has no command 'show-layer'; did you mean 'show-layers'?")


@test
def layers_are_made_added_and_taken_away():
    place = Place("adding")
    conf = os.path.join(place.build, "conf", "bblayers.conf")
    has(place.hitz("layers", "create-layer", "meta-new", "-p", "8", "-e", "hello-new", "-v", "3.1"), "hitz layers add-layer meta-new")
    has(place.hitz("layers", "create-layer", "meta-new", status=1), "Specified layer directory exists")
    place.hitz("layers", "add-layer", "meta-new")
    has(place.hitz("layers", "show-layers"), "meta-new")
    has(place.hitz("layers", "add-layer", "meta-new"), "is already in BBLAYERS")
    has(place.hitz("layers", "show-recipes", "hello-new"), "  meta-new             3.1")
    place.hitz("layers", "remove-layer", "meta-new")
    assert "meta-new" not in open(conf).read()
    has(place.hitz("layers", "remove-layer", "meta-new", status=1), "No layers matching */meta-new found in BBLAYERS")
    broken = toy_layer("unloved", {"conf/layer.conf": 'BBFILE_COLLECTIONS += "unloved"\nLAYERSERIES_COMPAT_unloved = "ancient"\n'})
    kept = open(conf).read()
    has(place.hitz("layers", "add-layer", broken, status=1), "with the specified layer added; bblayers.conf is again what it was")
    assert open(conf).read() == kept and "unloved" not in kept
    place.hitz("layers", "-F", "add-layer", broken)
    place.hitz("layers", "remove-layer", "*/unloved")
    has(place.hitz("layers", "add-layer", "nowhere", status=1), "nowhere doesn't exist")


@test
def layers_are_flattened_with_their_appends():
    place, low, high = two_layers()
    flat = os.path.join(WORK, "flat")
    out = place.hitz("layers", "flatten", "low", "high", flat)
    has(out, "Skipping overlayed file %s/thing_1.0.bb" % low, "Applying append %s/other_%%.bbappend to %s/other_1.0.bb" % (high, flat),
        "Overwriting file %s/classes/shared.bbclass" % flat, "Skipping layer config file %s/conf/layer.conf" % high)
    assert sorted(name for name in os.listdir(flat) if name.endswith((".bb", ".bbappend"))) == ["never_2.0.bb", "other_1.0.bb", "thing_1.0.bb", "thing_2.0.bb"]
    assert open(os.path.join(flat, "other_1.0.bb")).read().endswith('##### bbappended from high #####\nB = "1"\n')
    has(place.hitz("layers", "flatten", "low", "high", flat, status=1), "exists and is non-empty")
    has(place.hitz("layers", "flatten", "low", os.path.join(WORK, "flat2"), status=1), "you must specify at least two")


@test
def variables_are_told_as_bitbake_tells_them():
    folder = toy_layer("told", {"tale_1.0.bb": PLAIN + 'A ?= "one"\nA:append = " ${PV}"\nA:pn-tale = "two"\nA[flag] = "f"\n'
                                'python () {\n    d.setVar("C", "3")\n    d.appendVar("A", " four")\n}\nshout () {\n    echo ${PV}\n}\n'})
    place = Place("told", folder)
    file = folder + "/tale_1.0.bb"
    told = place.hitz("getvar", "-r", "tale", "A")
    assert told == ('#\n# $A [5 operations]\n#   set? %s:3\n#     "one"\n#   :append %s:4\n#     " ${PV}"\n#   set %s:6\n#     [flag] "f"\n'
                    '#   append tale_1.0.bb:9 [__anon_10_%s]\n#     " four"\n#   override[pn-tale]:set %s:5\n#     "two"\n'
                    '# pre-expansion value:\n#   "two ${PV} four"\nA="two 1.0 four"\n') % (
                        file, file, file, re.sub("[^a-zA-Z0-9]", "_", file), file), told
    assert place.hitz("getvar", "--value", "-r", "tale", "A") == "two 1.0 four\n"
    assert place.hitz("getvar", "-r", "tale", "-u", "A") == "two ${PV} four\n"
    assert place.hitz("getvar", "-r", "tale", "-f", "flag", "A") == "f\n"
    assert place.hitz("getvar", "--ignore-undefined", "--value", "NO_SUCH") == "\n"
    has(place.hitz("getvar", "-r", "tale", "-f", "flog", "A", status=1), "has no flag 'flog'")
    has(place.hitz("getvar", "-r", "tael", "A", status=1), "'tael'", "did you mean 'tale'?")
    told = place.hitz("env", "tale")
    has(told, "# INCLUDE HISTORY:\n#\n# %s" % place.build, "\n# conf/bitbake.conf includes:\n", '\nC="3"\n', "\nshout() {\n    echo 1.0\n}\n",
        "# line: 11, file: %s\n" % file)
    has(place.hitz("env"), '\n# $MACHINE', "\npython ")


@test
def dumps_are_of_the_recipes_that_are_named():
    folder = toy_layer("dumped", {"one_1.0.bb": PLAIN, "two_1.0.bb": PLAIN, "three_1.0.bb": PLAIN + 'BBCLASSEXTEND = "native"\n'})
    place = Place("dumped", folder)

    def names(*words):
        return sorted(json.loads(line)["pn"] for line in place.hitz("dump", *words).splitlines())
    assert names("one", "two") == ["one", "two"]
    assert names("--match", "/t[a-z]*_1.0.bb$") == ["three", "three-native", "two"]
    assert names("--digest", "--match", "three", "three-native") == ["three-native"]
    has(place.hitz("dump", "on", status=1), "there is no recipe 'on'; did you mean 'one'?")
    has(place.hitz("dump", "--match", "(", status=1), "--match is no regular expression")


@test
def python_runs_files_texts_and_modules_with_their_own_arguments():
    place = Place("python")
    script = os.path.join(place.folder, "s.py")
    with open(script, "w") as file:
        file.write("import sys, bb.utils\nprint(sys.argv[1:], __name__, bb.utils.vercmp_string('1', '2'))\nsys.exit(int(sys.argv[-1]))\n")
    assert place.hitz("python", script, "-c", "--flag", "3", status=3) == "['-c', '--flag', '3'] __main__ -1\n"
    assert place.hitz("python", "-c", "import sys; print(sys.argv)", "-x", "y") == "['-c', '-x', 'y']\n"
    has(place.hitz("python", "-m", "json.tool", "--compact", "/dev/null", status=1), "Expecting value")
    has(place.hitz("python", status=1), "hitz python needs a file, -c TEXT or -m MODULE")
    version = "import bb; print(bb.__version__[:4])"
    assert place.hitz("python", "-c", version) == "2.18\n"
    assert place.hitz("python", "--release", "scarthgap", "-c", version) == "2.8.\n"
    has(place.hitz("python", "--release", "other", "-c", version, status=1), "--release is wrynose or scarthgap, not 'other'")


@test
def graphs_are_of_tasks_as_text_and_as_dot():
    place = Place("query")
    text = place.hitz("graph", "-c", "compile", "hello")
    has(text, "hello:do_compile -> hello:do_configure\n", "hello:do_fetch\n")
    assert "do_package" not in text
    dot = place.hitz("graph", "-o", "dot", "-c", "compile", "hello")
    assert dot.startswith("digraph depends {\n") and dot.endswith("\n}\n") and '"hello.do_compile" -> "hello.do_configure"\n' in dot
    has(place.hitz("graph", "-o", "png", "hello", status=1), "--output is text, dot or json, not 'png'")


@test
def cleaning_takes_away_what_a_recipe_left_and_its_outputs():
    place = Place("clean", toy_layer("clean", {"thing_1.0.bb": PLAIN + "do_install () {\n    echo x > ${D}/thing\n}\n", "stays_1.0.bb": PLAIN}))
    place.hitz("build", "thing", "stays")
    work = place.hitz("getvar", "--value", "-r", "thing", "WORKDIR").strip()
    other = place.hitz("getvar", "--value", "-r", "stays", "WORKDIR").strip()
    assert os.path.isdir(work) and os.path.isdir(other)
    place.hitz("clean", "thing")
    assert not os.path.exists(work) and os.path.isdir(other)
    out = place.hitz("build", "-n", "thing")
    assert " would " in out and "thing-1.0-r0" in out and "stays" not in out, out
    place.hitz("build", "thing")
    has(place.hitz("clean", status=1), "hitz clean needs a recipe")


@test
def a_cleared_stamp_runs_the_task_and_what_waits_for_it():
    place = Place("cleared", toy_layer("cleared", {"thing_1.0.bb": PLAIN + "do_compile () {\n    :\n}\n"}))
    place.hitz("build", "thing")
    out = place.hitz("build", "-C", "compile", "thing")
    has(out, "thing-1.0-r0 do_compile: started", "thing-1.0-r0 do_install: started")
    assert "do_configure: started" not in out, out
    has(place.hitz("build", "-C", "compil", "thing", status=1), "no task do_compil leads to the targets; did you mean 'do_compile'?")
    has(place.hitz("build", "-D", "thing", "thing", status=1), "--define needs NAME=VALUE, not 'thing' (what BitBake tells with -D, --verbose tells here)")


@test
def the_doctor_names_what_is_missing_and_how_to_get_it():
    place = Place("doctor")
    tools = os.path.join(place.folder, "bin")
    os.makedirs(tools, exist_ok=True)
    out = subprocess.run([HITZ, "doctor"], cwd=place.folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "PATH": tools})
    assert out.returncode == 2, out.stdout
    has(out.stdout, "missing  bison", "the kernel's build needs it", "to get what is missing on Debian:\n  apt-get install ")
    packages = out.stdout.rsplit("apt-get install ", 1)[1].split()
    assert "bison" in packages and "gcc" in packages and "xz-utils" in packages, packages


@test
def every_command_tells_its_use_and_its_status():
    place = Place("help")
    overview = place.hitz("--help")
    has(overview, "Exit status: 0 done, 1", "3 a fault of hitz itself, 130 interrupted")
    commands = re.findall(r"^  ([a-z]+) +\S", overview, re.M)
    assert len(commands) > 12, commands
    for command in commands:
        text = place.hitz(command, "--help")
        assert text.startswith(("hitz " + command, "usage: hitz " + command)) and ("options:" in text or "commands:" in text), text
        for part in re.findall(r"^  ([a-z]+-[a-z-]+|flatten) +\S", text, re.M) if command == "layers" else []:
            has(place.hitz("layers", part, "--help"), "hitz layers " + part, "options:")
    has(place.hitz("help", "build"), "hitz build [options] TARGET...", "-C, --clear-stamp TASK")


@test
def reading_goes_on_while_a_build_runs():
    layer_folder = toy_layer("busy", {"slow_1.0.bb": PLAIN + "do_compile () {\n    sleep 4\n}\n"})
    place = Place("busy", layer_folder)
    place.hitz("parse")
    build = subprocess.Popen([HITZ, "build", "slow"], cwd=place.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in build.stdout:
        if "do_compile: started" in line:
            break
    assert place.hitz("getvar", "--value", "-r", "slow", "PN") == "slow\n"
    has(place.hitz("layers", "show-recipes", "slow"), "slow:\n")
    has(place.hitz("parse"), "0 errors")
    assert build.poll() is None, "the build was over before it was looked at"
    build.stdout.read()
    assert build.wait() == 0
