# SPDX-License-Identifier: Apache-2.0
"""What is asked without building."""

import json
import os

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


@test
def every_multiconfig_is_parsed_and_asked_by_its_name():
    place = Place("multiconfig", local='BBMULTICONFIG = "small"\n')
    os.makedirs(os.path.join(place.build, "conf", "multiconfig"), exist_ok=True)
    with open(os.path.join(place.build, "conf", "multiconfig", "small.conf"), "w") as file:
        file.write('SIZE = "small"\nTMPDIR = "${TOPDIR}/tmp-small"\n')
    has(place.hitz("env", "mc:small"), 'BB_CURRENT_MC="small"', 'SIZE="small"')
    assert place.hitz("getvar", "--value", "-r", "mc:small:hello", "SIZE") == "small\n"
    has(place.hitz("getvar", "-r", "hello", "SIZE", status=1), "'SIZE' is not defined")
    has(place.hitz("getvar", "-r", "mc:smal:hello", "SIZE", status=1), "did you mean 'small'?")
    records = [json.loads(line) for line in place.hitz("dump", "hello", "mc:small:hello").splitlines()]
    assert sorted(record["variant"] for record in records if record["variant"] in ("", "mc:small:")) == ["", "mc:small:"]
    assert {record["vars"]["TMPDIR"].rpartition("/")[2] for record in records} == {"tmp", "tmp-small"}
