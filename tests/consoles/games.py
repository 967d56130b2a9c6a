# SPDX-License-Identifier: Apache-2.0
"""The game and its self-test on each console: the same as on the host, and to be seen."""

import os
import re
import shutil
import subprocess

import emulators
import pictures
from support import ARTEFACTS, GAME, WORK, NotRun, Place, built, for_each_console, for_each_that_gcc_compiles_for, need, test, toy_layer

# Bars of the self-test: yellow, blue, white, by channel at least and at most. Emulators differ by how a console's few bits
# become eight, and the NES by its own palette.
YELLOW, BLUE, WHITE = ((225, 150, 0), (255, 220, 90)), ((40, 130, 215), (115, 185, 255)), ((235, 235, 235), (255, 255, 255))
HASH = []


def host_hash():
    """What the rules come to on the host."""
    if not HASH:
        need("gcc")
        program = os.path.join(WORK, "host")
        subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined,address", "-fno-sanitize-recover=all", "-I", GAME, "-o", program,
                        os.path.join(os.path.dirname(os.path.abspath(__file__)), "host.c"), os.path.join(GAME, "core", "game.c")], check=True)
        done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout
        HASH.append(re.search(r"HASH ([0-9a-f]{4}) score (\d+)", done.stdout).groups())
    return HASH[0]


@test
def the_rules_hold_on_the_host():
    value, score = host_hash()
    print("  hash %s, score %s" % (value, score))
    assert int(score) >= 10, "the demo catches too little to show anything"


def emulator(console):
    machine = emulators.machines().get(console)
    if machine is None:
        raise NotRun("no emulator is known")
    if machine.lacks():
        raise NotRun("there is no " + machine.lacks())
    return machine


@for_each_console
def game_and_selftest_are_built_from_nothing(console):
    place = built(console)
    for program in ("retro-game", "retro-selftest"):
        report = place.deployed(console, "%s-%s.budget.txt" % (program, console))
        shutil.copy(report, ARTEFACTS)
        assert re.search(r"^\S+ +[1-9]\d* of", open(report).read(), re.M), report


def close_to(colour, limits):
    return all(low <= value <= high for value, low, high in zip(colour, *limits))


@for_each_console
def the_selftest_comes_to_the_hosts_hash_and_shows_its_bars(console):
    machine, place = emulator(console), built(console)
    outcome = machine.run(place, console, "retro-selftest", [(180, [])])
    width, height, rgb = outcome.pictures[-1]
    pictures.write_png(os.path.join(ARTEFACTS, "retro-selftest-%s.png" % console), width, height, rgb)
    assert outcome.hashes() and set(outcome.hashes()) == {host_hash()[0]}, "%s instead of %s" % (outcome.hashes(), host_hash()[0])
    if console not in ("gb", "nes"):
        assert outcome.says_math() and set(outcome.says_math()) == {"OK"}, outcome.says_math()
    counted = pictures.histogram(rgb)
    for name, limits in (("yellow", YELLOW), ("blue", BLUE), ("white", WHITE)):
        share = sum(count for colour, count in counted if close_to(colour, limits)) / (width * height)
        assert 0.1 < share < 0.4, "%s covers %.3f of the screen: %s" % (name, share, counted[:6])


@for_each_console
def the_game_shows_its_title_and_its_demo_comes_to_the_hosts_hash(console):
    machine, place = emulator(console), built(console)
    # The title; then the demo that the title leads to, to its end.
    outcome = machine.run(place, console, "retro-game", [(200, []), (850, [])])
    assert set(outcome.hashes()) == {host_hash()[0]}, "%s instead of %s" % (outcome.hashes(), host_hash()[0])
    width, height, rgb = outcome.pictures[0]
    keep(console, "seen" if console == "psx" else "title", outcome.pictures[0])  # on the PlayStation at the end
    counted = pictures.histogram(rgb)
    assert counted[0][1] > 0.6 * width * height and len(counted) >= 4, "this is no night sky: %s" % counted[:6]


@for_each_console
def the_game_is_played_with_the_pad(console):
    machine, place = emulator(console), built(console)
    if not machine.takes_keys:
        raise NotRun("nothing presses keys in this emulator")
    # START, then the basket goes left, then right.
    outcome = machine.run(place, console, "retro-game", [(200, []), (4, ["START"]), (60, []), (120, ["LEFT"]), (240, ["RIGHT"]), (300, [])])
    keep(console, "play", outcome.pictures[3])
    assert outcome.heard or not machine.hears, "there was no sound"
    title, start, left, right, end = (outcome.pictures[index][2] for index in (0, 2, 3, 4, 5))
    assert len({title, start, left, right, end}) == 5, "two moments look the same"
    width, height = outcome.pictures[3][:2]
    assert basket_middle(console, width, left) < width / 2 - 20 and basket_middle(console, width, right) > width / 2 + 20, "the basket does not go where the keys say"


def keep(console, name, picture):
    pictures.write_png(os.path.join(ARTEFACTS, "retro-game-%s-%s.png" % (console, name)), *picture)


def basket_middle(console, width, rgb):
    """Where the basket is, by its row of the field: the middle of what is lit in its upper edge."""
    height = len(rgb) // 3 // width
    # The field is 18 tiles high and in the middle; Nestopia may cut a tile off above and below, which keeps it there.
    top = {"gb": 0}.get(console, (height // 8 - 18) // 2 * 8)
    y = top + 16 * 8
    lit = [x for x in range(width) if pictures.pixel(width, rgb, x, y)[0] > 200 and pictures.pixel(width, rgb, x, y)[1] > 120]
    assert 20 <= len(lit) <= 28, "there is no basket in row %d: %s" % (y, lit)
    return sum(lit) / len(lit)


NEWLIB = """#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "console.h"
int main(void)
{
    char *text = malloc(64);
    con_init();
    snprintf(text, 64, "%.3f %lld %s", sqrt(2.0) * 1000, -123456789012345ll, "abc");
    printf("HASH %04x\\n", strcmp(text, "1414.214 -123456789012345 abc") ? 0x0bad : 0x600d);
    printf("MATH %s\\n", strtod("2.5e3", NULL) == 2500.0 ? "OK" : "NO");
    fflush(stdout);
    con_screen(1);
    for (;;)
        con_wait();
    return 0;
}
"""


@for_each_that_gcc_compiles_for
def a_program_has_newlib(console):
    machine = emulator(console)
    layer = toy_layer("newlib" + console, {
        "newlib-demo_1.0.bb": 'SRC_URI = "file://main.c"\nCONSOLE_SOURCES = "main.c"\nLICENSE = "CLOSED"\ninherit retro-game console-newlib\n',
        "files/main.c": NEWLIB})
    place = Place("newlib-" + console, [console], layers=layer, like=built(console))
    place.hitz("build", "newlib-demo")
    outcome = machine.run(place, console, "newlib-demo", [(120, [])] if machine.takes_keys else [])
    assert set(outcome.hashes()) == {"600d"} and set(outcome.says_math()) == {"OK"}, outcome.text[-500:]
