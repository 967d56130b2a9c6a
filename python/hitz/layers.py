# SPDX-License-Identifier: Apache-2.0
"""What hitz layers and hitz new ask of Python: the edits of bblayers.conf, and a new game's files."""

import os
import sys

import bb.utils


def edit(conf, what, *folders):
    """Adds or removes layers; one a line, those that were there already or were not there."""
    add, remove = (list(folders), None) if what == "add" else (None, list(folders))
    notadded, notremoved = bb.utils.edit_bblayers_conf(conf, add, remove)
    return "\n".join(notadded if what == "add" else notremoved)


def new_game(folder, layers, *consoles):
    """Makes a game's layer by meta-retro-common's own code; a line "made" and the layers to be configured, or one of why not."""
    sys.path.insert(0, os.path.join(layers, "meta-retro-common", "lib"))
    import retro.new_game
    try:
        return "\n".join(["made", *retro.new_game.create(folder, consoles, layers)])
    except retro.new_game.Refused as refusal:
        return str(refusal)
