# SPDX-License-Identifier: Apache-2.0
"""The core layer's classes and profiles: what other layers' recipes inherit."""

import glob
import os
import subprocess

from core_image import MAIN
from support import PLAIN, Place, has, test, toy_layer

ZLIB_USER = '#include <stdio.h>\n#include <zlib.h>\nint main(void) { printf("zlib %s\\n", zlibVersion()); return 0; }\n'
RECIPE = 'LICENSE = "CLOSED"\nDEPENDS = "zlib"\nSRC_URI = "file://src"\nS = "${UNPACKDIR}/src"\nBBCLASSEXTEND = "native"\n'


def files_of(build, name):
    """A recipe that is built by a build system: a program that finds zlib by the means of that system."""
    return {name + "_1.0.bb": RECIPE + "inherit %s\n" % build, "files/src/main.c": ZLIB_USER,
            "files/src/meson.build": "project('z', 'c')\nexecutable('%s', 'main.c', dependencies: dependency('zlib'), install: true)\n" % name,
            "files/src/CMakeLists.txt": "cmake_minimum_required(VERSION 3.18)\nproject(z C)\nfind_package(ZLIB REQUIRED)\nadd_executable(%s main.c)\n"
                                        "target_link_libraries(%s ZLIB::ZLIB)\ninstall(TARGETS %s)\n" % (name, name, name)}


def shared_cache(machine="qemux86-64"):
    return 'MACHINE = "%s"\nHITZ_CACHE_DIR = "%s/hitz-cache"\n' % (machine, MAIN.build)


def machine_of(program):
    """The ELF header's e_machine."""
    with open(program, "rb") as file:
        head = file.read(20)
    assert head[:4] == b"\x7fELF", head
    return int.from_bytes(head[18:20], "little")


def builds_for_all(build):
    name = "z" + build
    layer = toy_layer(name, files_of(build, name))
    for machine, number in (("qemux86-64", 62), ("qemuarm64", 183)):
        place = Place(name + "-" + machine, layer, shared_cache(machine))
        place.hitz("build", name)
        program, = glob.glob(os.path.join(place.build, "tmp", "packages", "*", name, name, "usr", "bin", name))
        assert machine_of(program) == number
        if machine == "qemux86-64":
            assert subprocess.check_output([program], text=True) == "zlib 1.2.13\n"
    place.hitz("build", name + "-native")
    program, = glob.glob(os.path.join(place.build, "tmp", "sysroots-components", "*-native", name + "-native", "usr", "bin", name))
    assert subprocess.check_output([program], text=True) == "zlib 1.2.13\n"


@test
def meson_recipes_build_for_both_machines_and_natively():
    builds_for_all("meson")


@test
def cmake_recipes_build_for_both_machines_and_natively():
    builds_for_all("cmake")


@test
def a_compiler_behind_ccache_answers_the_second_time():
    for number in ("first", "second"):
        place = Place("ccache-" + number, local='INHERIT += "ccache"\nCCACHE_DIR = "%s"\n' % os.path.join(MAIN.folder, "ccache"))
        place.hitz("build", "zlib-native")
    log, = glob.glob(os.path.join(place.build, "tmp", "work", "*", "zlib-native", "*", "temp", "log.do_compile"))
    has(open(log).read(), "ccache gcc")
    statistics = subprocess.check_output(["ccache", "--print-stats"], text=True, env={**os.environ, "CCACHE_DIR": os.path.join(MAIN.folder, "ccache")})
    hits = sum(int(line.split("\t")[1]) for line in statistics.splitlines() if line.startswith(("direct_cache_hit", "preprocessed_cache_hit")))
    assert hits >= 10, statistics


@test
def a_file_that_no_package_takes_is_named():
    layer = toy_layer("unclaimed", {"thing_1.0.bb": PLAIN + 'FILES:${PN} = "${bindir}"\ndo_install () {\n    install -d ${D}/opt\n    echo > ${D}/opt/lost\n}\n'})
    out = Place("unclaimed", layer).hitz("build", "thing", status=1)
    has(out, "do_install installs files that no package takes", "/opt/lost")


@test
def an_image_installs_what_its_packages_need_and_nothing_else():
    layer = toy_layer("closure", {
        "a_1.0.bb": PLAIN + 'PACKAGES = "${PN}-extra ${PN}"\nFILES:${PN}-extra = "/extra"\nRDEPENDS:${PN} = "virtual-b"\nRRECOMMENDS:${PN} = "c"\n'
                            'do_install () {\n    echo > ${D}/a\n    echo > ${D}/extra\n}\n',
        "b_1.0.bb": PLAIN + 'RPROVIDES:${PN} = "virtual-b"\ndo_install () {\n    install -d -m 0700 ${D}/secret\n    echo > ${D}/secret/b\n}\n',
        "c_1.0.bb": PLAIN + "do_install () {\n    echo > ${D}/c\n}\n",
        "pair_1.0.bb": PLAIN + "do_install () {\n    echo > ${D}/a\n}\n",
        "small-image.bb": 'LICENSE = "CLOSED"\ninherit image\nIMAGE_INSTALL = "a"\nIMAGE_FSTYPES = "cpio"\ndo_image_complete[depends] = ""\ndo_build[depends] = ""\n',
        "clash-image.bb": 'require small-image.bb\nIMAGE_INSTALL += "pair"\n'})
    place = Place("closure", layer)
    place.hitz("build", "small-image")
    rootfs, = glob.glob(os.path.join(place.build, "tmp", "work", "*", "small-image", "*", "rootfs"))
    assert all(os.path.exists(rootfs + name) for name in ("/a", "/c", "/secret/b")) and not os.path.exists(rootfs + "/extra")
    assert os.stat(rootfs + "/secret").st_mode & 0o7777 == 0o700
    has(open(os.path.join(os.path.dirname(rootfs), "rootfs.manifest")).read(), "/a a\n", "/secret/b b\n")
    has(place.hitz("build", "clash-image", status=1), "Two packages bring /a: a and pair")


@test
def a_recipe_whose_licence_flags_are_not_accepted_is_skipped_with_the_reason():
    layer = toy_layer("flags", {"free_1.0.bb": PLAIN, "one_1.0.bb": PLAIN + 'LICENSE_FLAGS = "commercial"\nLICENSE_FLAGS_DETAILS[commercial] = "ask first"\n',
                                "two_1.0.bb": PLAIN + 'LICENSE_FLAGS = "commercial_codec patented"\n'})
    place = Place("flags", layer)
    for accepted, said in (("", {"one": "commercial", "two": "commercial_codec"}), ("commercial_one patented", {"two": "commercial_codec"}),
                           ("commercial", {"two": "patented"}), ("commercial_codec_two patented_two", {"one": "commercial"}),
                           ("commercial patented", {}), ("commercial_codec comm", {"one": "commercial", "two": "patented"})):
        for name in ("free", "one", "two"):
            out = place.hitz("build", "-n", name, "-D", "LICENSE_FLAGS_ACCEPTED=" + accepted, status=1 if name in said else 0)
            has(out, "its licence flag '%s' is not in LICENSE_FLAGS_ACCEPTED%s" % (said[name], ": ask first" if name == "one" else "")
                if name in said else " tasks would run")
