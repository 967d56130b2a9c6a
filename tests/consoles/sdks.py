# SPDX-License-Identifier: Apache-2.0
"""`-c populate_sdk`: an archive that a project outside hitz builds with, wherever it is unpacked."""

import os
import re
import shutil
import subprocess
import tarfile

import builds
import games
from support import WORK, built, digest, for_each_console, has, need, test

CMAKE = """cmake_minimum_required(VERSION 3.25)
project(hello C)
add_library(greeting STATIC greeting.c)
add_executable(hello main.c)
target_compile_definitions(hello PRIVATE GREETING="HASH 0123\\\\n")
target_link_libraries(hello greeting)
console_add_image(hello TITLE "Hello")
"""
MAIN = """#include <console.h>
void greet(const char *text);
int main(void)
{
    con_init();
    greet(GREETING);
    con_screen(1);
    for (;;)
        con_wait();
    return 0;
}
"""
GREETING = """#include <console.h>
void greet(const char *text)
{
    con_print(text);
}
"""


class Outside:
    """A project's folder, in the shape in which emulators look for a build's images."""

    def __init__(self, folder):
        self.folder = folder

    def deployed(self, console, name=""):
        return os.path.join(self.folder, name.replace("hello-" + console, "hello"))


def unpacked(console):
    """A console's SDK, unpacked where it was not made."""
    place = built(console)
    place.hitz("build", "-c", "populate_sdk", "retro-game")
    archive = os.path.join(place.build, "tmp", "deploy", "sdk", "retro-sdk-%s-1.0.tar.xz" % console)
    folder = os.path.join(WORK, "sdk of " + console)
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
    return archive, os.path.join(folder, "retro-sdk-" + console)


def shell(script, folder, status=0):
    done = subprocess.run(["bash", "-c", script], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == status, done.stdout[-5000:]
    return done.stdout


@for_each_console
def a_project_outside_builds_with_cmake_and_the_sdk(console):
    need("cmake", "make")
    _, sdk = unpacked(console)
    project = os.path.join(WORK, "project-" + console)
    shutil.rmtree(project, ignore_errors=True)
    os.makedirs(project)
    for name, text in (("CMakeLists.txt", CMAKE), ("main.c", MAIN), ("greeting.c", GREETING)):
        with open(os.path.join(project, name), "w") as file:
            file.write(text)
    out = shell('. "%s/environment-setup-%s" && cmake -G "Unix Makefiles" -S . -B out && cmake --build out' % (sdk, console), project)
    has(out, " bytes  ", "ram ")
    machine = games.emulator(console)
    outcome = machine.run(Outside(os.path.join(project, "out")), console, "hello", [(120, [])] if machine.takes_keys else [])
    assert outcome.hashes() and set(outcome.hashes()) == {"0123"}, outcome.text[-500:]


@test
def the_sdks_are_the_same_bits_from_another_folder():
    place, consoles = builds.together()
    place.hitz("build", "-c", "populate_sdk", *["mc:%s:retro-game" % console for console in consoles])
    for console in consoles:
        archive, _ = unpacked(console)
        assert digest(archive) == digest(os.path.join(place.build, "tmp", "deploy", "sdk", os.path.basename(archive))), console


@for_each_console
def the_sdk_says_when_a_program_is_too_large(console):
    _, sdk = unpacked(console)
    program = os.path.join(built(console).build, "tmp", "work", console + "-elf", "retro-game", "1.0-r0", "build")
    program = os.path.join(program, next(name for name in os.listdir(program) if name.endswith((".elf", ".ihx", ".bin"))))
    has(shell('"%s/bin/console-check" %s' % (sdk, program), WORK), "bytes  ")
    with open(os.path.join(sdk, "bin", "console-check")) as file:
        text = file.read()
    with open(os.path.join(sdk, "bin", "console-check"), "w") as file:
        file.write(re.sub(r":(\d+[KM])", ":1K", text))
    has(shell('"%s/bin/console-check" %s' % (sdk, program), WORK, status=1), "console-check: region ", " bytes over its 1024")
