# SPDX-License-Identifier: Apache-2.0
"""A console's SDK as an archive that unpacks anywhere: the sysroot, the tools, and the build's own commands for CMake."""

import lzma
import os
import shutil
import tarfile

import bb

TOOLCHAIN = """# CMake toolchain file for @MACHINE@: cmake -DCMAKE_TOOLCHAIN_FILE=.../toolchain.cmake
# console_add_image(TARGET [TITLE text] [TYPES type...]) packs an executable after it is linked.
set(CONSOLE_SDK "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR @ARCH@)
set(CMAKE_C_COMPILER @COMPILER@)
@DETECTION@
set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CONSOLE_SDK}/rules.cmake")
set(CMAKE_FIND_ROOT_PATH "${CONSOLE_SDK}/sysroot")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
function(console_add_image target)
  cmake_parse_arguments(PARSE_ARGV 1 IMAGE "" "TITLE" "TYPES")
  if(NOT IMAGE_TYPES)
    set(IMAGE_TYPES @TYPES@)
  endif()
  if(NOT IMAGE_TITLE)
    set(IMAGE_TITLE "${target}")
  endif()
  add_custom_command(TARGET ${target} POST_BUILD COMMAND "${CONSOLE_SDK}/bin/console-check" "$<TARGET_FILE:${target}>")
  foreach(type ${IMAGE_TYPES})
    add_custom_command(TARGET ${target} POST_BUILD
      COMMAND "${CONSOLE_SDK}/bin/console-image" ${type} "$<TARGET_FILE:${target}>" "${CMAKE_CURRENT_BINARY_DIR}/${target}" "${IMAGE_TITLE}")
  endforeach()
endfunction()
"""

# CMake knows gcc by itself, and neither of the others' ways.
DETECTED = "set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)"
TOLD = "set(CMAKE_C_COMPILER_ID_RUN 1)\nset(CMAKE_C_COMPILER_ID Console)\nset(CMAKE_C_COMPILER_FORCED 1)"

RULES = """# The commands that hitz builds with, in CMake's own placeholders.
get_filename_component(CONSOLE_SDK "${CMAKE_CURRENT_LIST_FILE}" DIRECTORY)
set(CMAKE_C_COMPILE_OBJECT "@COMPILE@")
set(CMAKE_C_LINK_EXECUTABLE "@LINK@")
set(CMAKE_C_CREATE_STATIC_LIBRARY "<CMAKE_COMMAND> -E rm -f <TARGET>" "@ARCHIVE@")
set(CMAKE_C_OUTPUT_EXTENSION @OBJEXT@)
set(CMAKE_EXECUTABLE_SUFFIX @EXEEXT@)
set(CMAKE_EXECUTABLE_SUFFIX_C @EXEEXT@)
set(CMAKE_STATIC_LIBRARY_PREFIX "@LIBPREFIX@")
set(CMAKE_STATIC_LIBRARY_SUFFIX @LIBEXT@)
"""

ENVIRONMENT = """# Source this: CONSOLE_SDK, PATH with the tools, CC and the like for @MACHINE@. Shells that do not tell where a sourced
# file is (dash) find it in the working directory or in CONSOLE_SDK.
if [ -n "${BASH_SOURCE:-}" ]; then
    CONSOLE_SDK=$(cd "$(dirname "$BASH_SOURCE")" && pwd)
elif [ -z "${CONSOLE_SDK:-}" ]; then
    CONSOLE_SDK=$PWD
fi
export CONSOLE_SDK
export CONSOLE_MACHINE=@MACHINE@
export CMAKE_TOOLCHAIN_FILE="$CONSOLE_SDK/toolchain.cmake"
export PATH="$CONSOLE_SDK/bin:$CONSOLE_SDK/native/usr/bin:$PATH"
export CC="@COMPILER@"
"""

IMAGE = """#!/bin/sh
# console-image TYPE PROGRAM STEM [TITLE]: makes STEM.TYPE of a linked program.
set -eu
[ $# -ge 3 ] || { echo "usage: console-image TYPE PROGRAM STEM [TITLE]; types: @TYPES@" >&2; exit 2; }
sdk=$(cd "$(dirname "$0")/.." && pwd)
type=$1
program=$(realpath "$2")
name=$(basename "$3")
title=${4:-$name}
PATH="$sdk/native/usr/bin:$PATH"
export PATH SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-@EPOCH@}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/sources"
cd "$(dirname "$3")"
make_type() {
    case $1 in
@CASES@    *) echo "console-image: there is no type $1; types: @TYPES@" >&2; exit 1 ;;
    esac
}
make_type "$type"
"""

CHECK = """#!/usr/bin/env python3
# console-check PROGRAM: what it takes of the memory of @MACHINE@; exit status 1 when that is too much or it is for another processor.
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))
from retro import budget, elf

program = sys.argv[1]
wrong = elf.wrong_flags(program, "@ELF_MACHINE@", "@ELF_FLAGS@") if program.endswith(".elf") else ""
report, over = budget.report(program, "@MEMORY@", {})
print(report, end="")
for complaint in ([wrong] if wrong else []) + over:
    print("console-check: %s" % complaint, file=sys.stderr)
sys.exit(1 if wrong or over else 0)
"""


def filled(text, **fields):
    for name, value in fields.items():
        text = text.replace("@%s@" % name, value)
    return text


def commands(d):
    """The datastore as an SDK needs it: its own folders are those of where it has been unpacked, and no path of the build is left."""
    copy = d.createCopy()
    for name, value in (("STAGING_DIR_HOST", "${CONSOLE_SDK}/sysroot"), ("DEBUG_PREFIX_MAP", ""), ("CCACHE", "")):
        # What CMake expands stays as it is here.
        copy.setVar(name, value.replace("${CONSOLE_SDK}", "@SDK@"))
    return copy


def rule(d, name):
    """A command as a CMake string; words with the SDK's folder, which may have spaces in its name, in quotation marks."""
    words = [word.replace('"', '\\"') for word in d.getVar(name).split()]
    return " ".join('\\"%s\\"' % word.replace("@SDK@", "${CONSOLE_SDK}") if "@SDK@" in word else word for word in words)


def image_cases(d, types):
    """The shell commands of image types, with the game's name, program and title as the script's."""
    copy = d.createCopy()
    for name, value in (("CONSOLE_EXE", '"$program"'), ("IMAGE_NAME", '"$name"'), ("GAME_TITLE", "@TITLE@"), ("PN", '"$name"'), ("B", '"$work"'),
                        ("WORKDIR", '"$work"'), ("IMGDEPLOYDIR", "."), ("RECIPE_SYSROOT", '"$sdk"/sysroot'), ("RECIPE_SYSROOT_NATIVE", '"$sdk"/native'),
                        ("STAGING_DIR_HOST", '"$sdk"/sysroot'), ("STAGING_DIR_NATIVE", '"$sdk"/native')):
        copy.setVar(name, value)
    out = ""
    for kind in types:
        before = "".join("make_type %s; " % other for other in (d.getVar("IMAGE_TYPEDEP:" + kind) or "").split())
        command = copy.getVar("IMAGE_CMD:" + kind).replace("'@TITLE@'", '"$title"').replace("@TITLE@", '"$title"')
        out += "    %s)\n        %s\n        %s\n        ;;\n" % (kind, before or ":", command.strip())
    return out


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


def lay_out(d, root, types):
    """The SDK's tree below root."""
    copy = commands(d)
    own = os.path.dirname(os.path.abspath(__file__))
    gcc = d.getVar("CONSOLE_TOOLCHAIN") == "gcc"
    compiler = copy.getVar("CONSOLE_COMPILE_C").split()[0]
    shutil.copytree(d.getVar("RECIPE_SYSROOT"), root + "/sysroot", symlinks=True, ignore=lambda folder, names: ["assets"] if folder.endswith("share/console") else [])
    for name in sorted(set(d.getVar("SDK_TOOLS").split())):
        shutil.copytree(d.expand("${COMPONENTS_DIR}/${BUILD_ARCH}-native/" + name), root + "/native", symlinks=True, dirs_exist_ok=True)
    for name in ("__init__.py", "budget.py", "elf.py"):
        os.makedirs(root + "/lib/retro", exist_ok=True)
        shutil.copy(os.path.join(own, name), root + "/lib/retro/" + name)
    machine = {"MACHINE": d.getVar("MACHINE"), "TYPES": " ".join(types), "COMPILER": compiler}
    write(root + "/toolchain.cmake", filled(TOOLCHAIN, ARCH=d.getVar("TARGET_ARCH"), DETECTION=DETECTED if gcc else TOLD, **machine))
    write(root + "/rules.cmake", filled(RULES, COMPILE=rule(copy, "CONSOLE_COMPILE_C"), LINK=rule(copy, "CONSOLE_LINK"), ARCHIVE=rule(copy, "CONSOLE_ARCHIVE"),
                                        OBJEXT=d.getVar("CONSOLE_OBJEXT"), EXEEXT=d.getVar("CONSOLE_EXEEXT"), LIBPREFIX=d.getVar("CONSOLE_LIBPREFIX"),
                                        LIBEXT=d.getVar("CONSOLE_LIBEXT")))
    write(root + "/environment-setup-" + d.getVar("MACHINE"), filled(ENVIRONMENT, **machine))
    write(root + "/bin/console-image", filled(IMAGE, CASES=image_cases(d, types), EPOCH=d.getVar("SOURCE_DATE_EPOCH"), **machine), 0o755)
    write(root + "/bin/console-check", filled(CHECK, ELF_MACHINE=d.getVar("CONSOLE_ELF_MACHINE") or "", ELF_FLAGS=d.getVar("CONSOLE_ELF_FLAGS") or "",
                                              MEMORY=d.getVar("CONSOLE_MEMORY"), **machine), 0o755)
    write(root + "/host-packages.txt", "".join(pair.replace("=", " ", 1) + "\n" for pair in d.getVar("HOST_PACKAGES_FOUND").split()))


def pack(root, name, archive, when):
    """A tar.xz that depends on nothing but the tree's contents."""
    def plain(entry):
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = when
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with lzma.open(archive + ".new", "wb", preset=6) as file, tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(root, name, recursive=False, filter=plain)
        for folder, folders, files in os.walk(root):
            folders.sort()
            for entry in sorted(folders + files):
                path = os.path.join(folder, entry)
                tar.add(path, name + path[len(root):], recursive=False, filter=plain)
    os.replace(archive + ".new", archive)


def populate(d, types):
    name, root = d.getVar("SDK_NAME"), d.expand("${WORKDIR}/sdk/${SDK_NAME}")
    lay_out(d, root, types)
    for folder, _, files in os.walk(root):
        for file in files:
            with open(os.path.join(folder, file), "rb") as content:
                if d.getVar("TMPDIR").encode() in content.read():
                    bb.fatal("%s in the SDK holds the path of this build, %s" % (os.path.join(folder, file)[len(root) + 1:], d.getVar("TMPDIR")))
    pack(root, name, d.getVar("SDK_ARCHIVE"), int(d.getVar("SOURCE_DATE_EPOCH")))
