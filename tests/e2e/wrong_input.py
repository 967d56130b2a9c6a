# SPDX-License-Identifier: Apache-2.0
"""Wrong input: exit status 1, and what is wrong, where, and what may have been meant."""

import os

from support import DOWNLOADS, PLAIN, WORK, Place, has, test, toy_layer


@test
def an_unknown_target_is_told_with_its_near_miss():
    has(Place("wrong").hitz("build", "core-imag", status=1), "nothing provides 'core-imag'; did you mean 'core-image'?")


@test
def an_unknown_task_is_told_with_its_near_miss():
    has(Place("wrong").hitz("build", "hello:compil", status=1), "hello has no task do_compil", "did you mean 'do_compile'?")


@test
def an_unknown_command_and_option_are_told():
    has(Place("wrong").hitz("biuld", status=1), "hitz has no command 'biuld'; did you mean 'build'?")
    has(Place("wrong").hitz("build", "--forse", "x", status=1), "hitz build has no option --forse; did you mean '--force'?")


@test
def tasks_that_wait_for_each_other_are_told_as_a_loop():
    layer = toy_layer("loop", {"a_1.0.bb": PLAIN + 'do_compile[depends] = "b:do_compile"\n', "b_1.0.bb": PLAIN + 'do_compile[depends] = "a:do_compile"\n'})
    out = Place("loop", layer).hitz("build", "a", status=1)
    has(out, "tasks wait for each other in a circle:", "a:do_compile -> b:do_compile -> a:do_compile")


@test
def a_broken_recipe_is_told_with_file_and_line():
    layer = toy_layer("broken", {"bad_1.0.bb": PLAIN + 'A = "1"\n  B = "2"\n'})
    out = Place("broken", layer).hitz("build", "hello", status=1)
    has(out, "ParseError at %s/bad_1.0.bb:4: unparsed line: '  B = \"2\"'" % layer, "while parsing %s/bad_1.0.bb" % layer)


@test
def a_missing_class_is_told_with_file_and_line():
    layer = toy_layer("noclass", {"bad_1.0.bb": PLAIN + "inherit nosuch\n"})
    has(Place("noclass", layer).hitz("build", "hello", status=1), "ParseError at %s/bad_1.0.bb:3: Could not inherit file classes/nosuch.bbclass" % layer)


@test
def a_failing_task_shows_its_log_and_where_it_is():
    layer = toy_layer("fails", {"bad_1.0.bb": PLAIN + "do_compile () {\n    echo about to fail\n    bbwarn careful\n    exit 7\n}\n"})
    out = Place("fails", layer).hitz("build", "bad", status=1)
    has(out, "bad-1.0-r0 do_compile failed", "with exit code 7", "| about to fail", "its log is ", "WARNING: bad-1.0-r0 do_compile: careful")


@test
def a_failing_python_task_is_told_with_the_recipe_s_line():
    layer = toy_layer("pyfails", {"bad_1.0.bb": PLAIN + 'python do_compile () {\n    x = 1\n    raise ValueError("no good")\n}\n'})
    has(Place("pyfails", layer).hitz("build", "bad", status=1), "ValueError: no good", "%s/bad_1.0.bb:5" % layer)


@test
def a_missing_host_tool_is_named():
    place = Place("notool", local='HOSTTOOLS:append = " no-such-tool"\n')
    has(place.hitz("build", "hello", status=1), "appear to be unavailable in PATH", "no-such-tool")


@test
def a_wrong_checksum_is_told_with_the_line_to_paste():
    source = os.path.join(WORK, "mirror", "thing-1.0.txt")
    os.makedirs(os.path.dirname(source), exist_ok=True)
    with open(source, "w") as file:
        file.write("thing\n")
    layer = toy_layer("sum", {"thing_1.0.bb": PLAIN + 'SRC_URI = "http://127.0.0.1:9/thing-1.0.txt"\nPREMIRRORS = "http://127.0.0.1:9/.* file://%s"\n' % source +
                              'SRC_URI[sha256sum] = "%s"\n' % ("0" * 64)})
    place = Place("sum", layer)
    out = place.hitz("build", "thing", status=1)
    has(out, "Checksum mismatch!", 'SRC_URI[sha256sum] = "6b6c4ab2c5a0c02ea5ecc6eb6d7aa7ae34ba0b40e2bbc2ffc3dd5cdd1c1e8b33"'[:22])
    assert not os.path.exists(os.path.join(DOWNLOADS, "thing-1.0.txt")), "a file with a wrong checksum was kept"


@test
def an_unreachable_source_names_all_that_was_tried():
    layer = toy_layer("gone", {"gone_1.0.bb": PLAIN + 'SRC_URI = "http://127.0.0.1:9/gone-1.0.tar.gz"\nSRC_URI[sha256sum] = "%s"\n' % ("0" * 64)})
    has(Place("gone", layer).hitz("build", "gone", status=1), "Unable to fetch URL from any source. Tried:", "http://127.0.0.1:9/gone-1.0.tar.gz", "Couldn't connect to server")
