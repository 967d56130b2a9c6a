# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Says whether a console computes what the others do: 600 frames of the game, 64-bit integers, double"
GAME_TITLE = "Selftest"

require retro-game.inc

SRC_URI += "file://selftest.c file://arithmetic.c"
CONSOLE_SOURCES += "selftest.c arithmetic.c"
