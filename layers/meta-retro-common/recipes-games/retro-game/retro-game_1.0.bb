# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Starfall: stars fall, a basket catches them; on every console"
GAME_TITLE = "Starfall"

require retro-game.inc

SRC_URI += "file://main.c"
CONSOLE_SOURCES += "main.c"
# A console that plays no samples has none in its game.
DEPENDS += "${@'retro-game-sounds' if d.getVar('CONSOLE_SOUND_FORMAT') else ''}"
CONSOLE_SOURCES += "${@'${STAGING_DIR_HOST}${RETRO_ASSETS_DIR}/sounds.c' if d.getVar('CONSOLE_SOUND_FORMAT') else ''}"
