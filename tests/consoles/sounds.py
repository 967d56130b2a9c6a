# SPDX-License-Identifier: Apache-2.0
"""The PlayStation's sound: what comes out of the emulated sound chip is what the recipe's WAV files sound like."""

import array
import os
import wave
from operator import mul

from discs import chosen, layer_for_game
from games import emulator
from support import GAME, NotRun, Place, test

RATE, LOUD, WINDOW, SILENCE = 44100, 50, 441, 4
# One word in so many of a record is compared, and how much two of the same may differ.
STEP, ALIKE = 3, 0.75

PLAYER = """#include "console.h"
#include "sounds.h"
static void wait(uint8_t frames)
{
    while (frames--)
        con_wait();
}
int main(void)
{
    con_init();
    con_screen(1);
    wait(30);
    con_sample(gem, GEM_BYTES);
    wait(60);
    con_sample(star, STAR_BYTES);
    wait(60);
    con_print("HASH 600d\\n");
    for (;;)
        con_wait();
    return 0;
}
"""


def at_rate(name):
    """A WAV of the game's as the sound chip would play it at best."""
    with wave.open(os.path.join(GAME, "art", name)) as file:
        samples, rate = array.array("h", file.readframes(file.getnframes())), file.getframerate()
    out = []
    for i in range(len(samples) * RATE // rate - RATE // rate):
        at, part = divmod(i * rate, RATE)
        out.append(samples[at] + (samples[at + 1] - samples[at]) * part / RATE)
    return out


def beginnings(record):
    """Where sound begins after silence, roughly."""
    quiet, out = SILENCE, []
    for at in range(0, len(record) - WINDOW, WINDOW):
        loud = max(map(abs, record[at:at + WINDOW])) > LOUD
        if loud and quiet >= SILENCE:
            out.append(at)
        quiet = 0 if loud else quiet + 1
    return out


def likeness(record, wanted):
    """1 for the same but for how loud, 0 for nothing in common."""
    power = sum(map(mul, record, record)) * sum(map(mul, wanted, wanted))
    return sum(map(mul, record, wanted)) / power ** 0.5 if power else 0.0


def best_likeness(record, near, wanted):
    """The best place for a sound around one in the record."""
    return max((likeness(record[at:at + STEP * len(wanted):STEP], wanted) for at in range(max(0, near - WINDOW), near + 2 * WINDOW)
                if at + STEP * len(wanted) < len(record) + STEP), default=0.0)


def recognised(record):
    """The names of the game's sounds in a record, in order; "?" for what is none of them. A sound's quarters are looked for one by
    one: the chip's clock and ours differ a little."""
    out = []
    for at in beginnings(record):
        name = "?"
        for known in ("gem", "star"):
            sound = at_rate(known + ".wav")
            quarter = len(sound) // 4
            if all(best_likeness(record, at + part * quarter, sound[part * quarter:(part + 1) * quarter:STEP]) > ALIKE for part in range(4)):
                name = known
        out.append(name)
    return out


def played_by(place):
    machine = emulator("psx")
    if not machine.hears:
        raise NotRun("the emulator's sound cannot be recorded")
    place.hitz("build", "sound-player")
    outcome = machine.run(place, "psx", "sound-player", [], record=True)
    assert set(outcome.hashes()) == {"600d"}, outcome.text[-500:]
    return recognised(outcome.record)


def player_layer(name, more=None):
    recipe = ('SRC_URI = "file://main.c"\nLICENSE = "CLOSED"\nDEPENDS = "retro-game-sounds"\nCONSOLE_INCLUDES = "${S} ${STAGING_DIR_HOST}${RETRO_ASSETS_DIR}"\n'
              'CONSOLE_SOURCES = "main.c ${STAGING_DIR_HOST}${RETRO_ASSETS_DIR}/sounds.c"\ninherit retro-game\n')
    return layer_for_game(name, "", {"sound-player_1.0.bb": recipe, "files/main.c": PLAYER, **(more or {})})


@test
def psx_samples_reach_the_sound_chip_and_are_played():
    like = chosen("psx")
    heard = played_by(Place("sounds", ["psx"], layers=player_layer("player"), like=like))
    assert heard == ["gem", "star"], heard


@test
def psx_samples_that_never_reach_the_sound_chip_are_not_heard():
    like = chosen("psx")
    broken = "do_configure:append () {\n    sed -i '/copy(SAMPLE_AT, /d' ${S}/sound.c\n}\n"
    layer = player_layer("broken-player", {"console-sdk-psx_%.bbappend": broken})
    heard = played_by(Place("broken-sounds", ["psx"], layers=layer, like=like))
    assert "gem" not in heard and "star" not in heard, heard
