# SPDX-License-Identifier: Apache-2.0
"""bitbake-layers create-game: `hitz new game` in the words of bitbake-layers."""

import logging
import os
import sys

import bb.utils
from bblayers.common import LayerPlugin

# BitBake's bitbake-layers reads layers' configuration in another process.
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import retro.new_game  # noqa: found there

logger = logging.getLogger("bitbake-layers")


def plugin_init(plugins):
    return GamePlugin()


class GamePlugin(LayerPlugin):
    def do_create_game(self, args):
        """Creates a layer with a game for consoles

The layer and the consoles' own are added to conf/bblayers.conf; the consoles join BBMULTICONFIG, unless local.conf says otherwise."""
        layers = os.path.dirname(self.tinfoil.config_data.getVar("RETRO_COMMON_LAYER"))
        consoles = args.consoles.replace(",", " ").split()
        try:
            wanted = retro.new_game.create(args.folder, consoles, layers)
        except retro.new_game.Refused as error:
            logger.error(str(error))
            return 1
        conf = os.path.join(self.tinfoil.config_data.getVar("TOPDIR"), "conf", "bblayers.conf")
        present = [os.path.realpath(layer) for layer in self.bblayers]
        bb.utils.edit_bblayers_conf(conf, [layer for layer in wanted if os.path.realpath(layer) not in present], None)
        name = os.path.basename(wanted[-1])
        logger.plain("%s is made; build it with: %s" % (wanted[-1], " ".join(["hitz build"] + ["mc:%s:%s" % (console, name) for console in dict.fromkeys(consoles)])))
        return 0

    def register_commands(self, sp):
        parser = self.add_command(sp, "create-game", self.do_create_game, parserecipes=False)
        parser.add_argument("folder", help="the new layer's folder; its name is the game's")
        parser.add_argument("--consoles", required=True, help="psx, psp, dreamcast, gba, gb, nes; with commas between")
