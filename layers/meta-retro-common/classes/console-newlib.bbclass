# SPDX-License-Identifier: Apache-2.0
# A game with a C library: newlib's, after the SDK's own. Inherit it after retro-game.

DEPENDS += "newlib"
CONSOLE_LIBS:append = " -lc -lm"
