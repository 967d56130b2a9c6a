# SPDX-License-Identifier: Apache-2.0
"""What is asked without building."""

from support import Place, has, test


@test
def queries_answer_without_a_build():
    place = Place("query")
    has(place.hitz("query", "deps(core-image)"), "core-image\n", "busybox\n", "linux\n", "musl\n")
    has(place.hitz("query", "rdeps(..., zlib)"), "dropbear\n")
    has(place.hitz("query", "somepath(core-image, zlib)"), "core-image\ndropbear\nzlib\n")
    assert place.hitz("query", "kind(image, ...) - core-image-dev") == "core-image\n"
    has(place.hitz("query", "-o", "dot", "allpaths(core-image, musl)"), '"busybox" -> "musl"')
    has(place.hitz("query", "--tasks", "deps(hello:do_compile, 1)"), "hello:do_configure")
    has(place.hitz("query", "deps(core-imag)", status=1), "there is no recipe 'core-imag'; did you mean 'core-image'?", "     ^")


@test
def variables_are_printed_with_their_history():
    place = Place("query")
    assert place.hitz("getvar", "--value", "-r", "busybox", "PV") == "1.35.0\n"
    has(place.hitz("env", "hello"), '# $PN', 'PN="hello"', "conf/bitbake.conf:")
    has(place.hitz("getvar", "MACHIN", status=1), "did you mean 'MACHINE'?")
