# SPDX-License-Identifier: Apache-2.0
"""A new game: a layer whose one recipe builds at once for the consoles that are named.

`hitz new game` and `bitbake-layers create-game` make it; both add it to conf/bblayers.conf themselves."""

import difflib
import glob
import os
import re
import shutil
import tempfile

LAYER = '''# Written by hitz new game.
BBPATH .= ":${LAYERDIR}"
BBFILES += "${LAYERDIR}/recipes-*/*/*.bb"
BBFILE_COLLECTIONS += "@NAME@"
BBFILE_PATTERN_@NAME@ = "^${LAYERDIR}/"
BBFILE_PRIORITY_@NAME@ = "8"
LAYERDEPENDS_@NAME@ = "retro-common @CONSOLES@"
LAYERSERIES_COMPAT_@NAME@ = "wrynose"
# What is configured before stays; conf/local.conf has the last word.
BBMULTICONFIG := "${@' '.join(dict.fromkeys((d.getVar('BBMULTICONFIG') or '').split() + '@CONSOLES@'.split()))}"
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


class Refused(ValueError):
    """What was asked for cannot be made; nothing has been."""


def known_consoles(layers):
    """The consoles that there are layers for in a folder of layers."""
    return sorted(os.path.basename(path)[:-len(".conf")] for path in glob.glob(os.path.join(layers, "meta-*", "conf", "multiconfig", "*.conf")))


def _check_consoles(consoles, known):
    if not consoles:
        raise Refused("no platform is named; there are " + ", ".join(known))
    for console in consoles:
        if console not in known:
            near = difflib.get_close_matches(console, known, 1)
            raise Refused("there is no platform %r%s; there are %s" % (console, "; did you mean %s?" % near[0] if near else "", ", ".join(known)))


def _check_name(name, layers, known):
    if not re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        near = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-0123456789")
        raise Refused("%r is no name for a game: small letters, digits and single - between them, a letter first%s"
                      % (name, "; did you mean %s?" % near if near else ""))
    if name in known + ["hitz", "retro-common"]:
        raise Refused("%s is the name of a layer already" % name)
    if name.endswith("-native") or "-cross-" in name:
        raise Refused("%s would be a tool for the build host: a game's name does not end in -native nor have -cross-" % name)
    for root in (layers, os.path.dirname(layers)):
        taken = glob.glob(os.path.join(root, "*", "recipes-*", "*", name + "_*.bb"))
        if taken:
            raise Refused("there is a recipe %s already: %s" % (name, taken[0]))


def create(folder, consoles, layers):
    """Makes the layer in a folder that is not there yet, whose name is the game's; `layers` has the consoles' layers. All of it is
    there afterwards, or nothing; gives the layers to be configured. Raises Refused."""
    folder = os.path.abspath(folder)
    name, known = os.path.basename(folder), known_consoles(layers)
    consoles = list(dict.fromkeys(consoles))
    _check_name(name, layers, known)
    _check_consoles(consoles, known)
    if os.path.lexists(folder):
        raise Refused("%s is there already" % folder)
    files = {"conf/layer.conf": LAYER, "recipes-games/%s/%s_1.0.bb" % (name, name): RECIPE, "recipes-games/%s/files/main.c" % name: MAIN}
    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        half = tempfile.mkdtemp(prefix=".%s." % name, dir=os.path.dirname(folder))
    except OSError as error:
        raise Refused("cannot make %s: %s" % (folder, error.strerror)) from error
    try:
        for path, text in files.items():
            path = os.path.join(half, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text.replace("@NAME@", name).replace("@CONSOLES@", " ".join(consoles)))
        os.chmod(half, 0o755)
        os.rename(half, folder)
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        raise Refused("cannot make %s: %s" % (folder, error.strerror)) from error
    return [os.path.join(layers, "meta-" + layer) for layer in ["retro-common"] + consoles] + [folder]
