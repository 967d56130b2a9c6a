# SPDX-License-Identifier: Apache-2.0
"""bitbake-layers create-game: a layer with a game that builds at once for the consoles that are named."""

import logging
import os
import re

import bb.utils
from bblayers.common import LayerPlugin

logger = logging.getLogger("bitbake-layers")

LAYER = '''# Written by bitbake-layers create-game.
BBPATH .= ":${LAYERDIR}"
BBFILES += "${LAYERDIR}/recipes-*/*/*.bb"
BBFILE_COLLECTIONS += "@NAME@"
BBFILE_PATTERN_@NAME@ = "^${LAYERDIR}/"
BBFILE_PRIORITY_@NAME@ = "8"
LAYERDEPENDS_@NAME@ = "retro-common @CONSOLES@"
LAYERSERIES_COMPAT_@NAME@ = "wrynose"
BBMULTICONFIG ?= "@CONSOLES@"
'''

RECIPE = '''SUMMARY = "@NAME@"
LICENSE = "CLOSED"
GAME_TITLE = "@NAME@"

SRC_URI = "file://main.c"
CONSOLE_SOURCES = "main.c"

# Starfall's pictures, until there are others: a recipe that inherits retro-assets and names ASSET_TILES.
DEPENDS = "retro-game-tiles"
CONSOLE_SOURCES += "${STAGING_DIR_HOST}${RETRO_ASSETS_DIR}/tiles.c"
CONSOLE_INCLUDES += "${STAGING_DIR_HOST}${RETRO_ASSETS_DIR}"

inherit retro-game
'''

MAIN = '''#include "console.h"
#include "tiles.h"

enum { NOTHING = 0, STAR = 37 };

int main(void)
{
    uint8_t column = CON_COLUMNS / 2, row = CON_ROWS / 2, keys;

    con_init();
    con_tiles(0, TILES_COUNT, tiles);
    con_palette(tiles_palette);
    con_put(column, row, STAR);
    con_screen(1);
    con_print("@NAME@\\n");
    for (;;) {
        con_wait();
        keys = con_pad();
        con_put(column, row, NOTHING);
        if (keys & CON_LEFT && column > 0)
            column--;
        if (keys & CON_RIGHT && column < CON_COLUMNS - 1)
            column++;
        if (keys & CON_UP && row > 1)
            row--;
        if (keys & CON_DOWN && row < CON_ROWS - 2)
            row++;
        con_put(column, row, STAR);
    }
    return 0;
}
'''


def plugin_init(plugins):
    return GamePlugin()


class GamePlugin(LayerPlugin):
    def do_create_game(self, args):
        """Creates a layer with a game for consoles

The layer and the consoles' own are added to conf/bblayers.conf; BBMULTICONFIG is the consoles, unless local.conf says otherwise."""
        folder = os.path.abspath(args.folder)
        name, layers = os.path.basename(folder), os.path.dirname(self.tinfoil.config_data.getVar("RETRO_COMMON_LAYER"))
        consoles = args.consoles.split(",")
        if not re.fullmatch("[a-z][a-z0-9-]*", name):
            logger.error("%s is no name for a recipe: small letters, digits and -, a letter first" % name)
            return 1
        unknown = [console for console in consoles if not os.path.exists(os.path.join(layers, "meta-" + console, "conf", "layer.conf"))]
        if unknown:
            logger.error("there is no layer for %s in %s" % (" ".join(unknown), layers))
            return 1
        if os.path.exists(folder):
            logger.error("%s is there already" % folder)
            return 1
        recipe = os.path.join("recipes-games", name)
        for path, text in (("conf/layer.conf", LAYER), (recipe + "/%s_1.0.bb" % name, RECIPE), (recipe + "/files/main.c", MAIN)):
            path = os.path.join(folder, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text.replace("@NAME@", name).replace("@CONSOLES@", " ".join(consoles)))
        conf = os.path.join(self.tinfoil.config_data.getVar("TOPDIR"), "conf", "bblayers.conf")
        present = [os.path.realpath(layer) for layer in self.bblayers]
        wanted = [os.path.join(layers, "meta-" + console) for console in consoles] + [folder]
        bb.utils.edit_bblayers_conf(conf, [layer for layer in wanted if os.path.realpath(layer) not in present], None)
        logger.plain("%s is made; build it with: %s" % (folder, " ".join(["hitz build"] + ["mc:%s:%s" % (console, name) for console in consoles])))
        return 0

    def register_commands(self, sp):
        parser = self.add_command(sp, "create-game", self.do_create_game, parserecipes=False)
        parser.add_argument("folder", help="the new layer's folder; its name is the game's")
        parser.add_argument("--consoles", required=True, help="psx, psp, dreamcast, gba, gb, nes; with commas between")
