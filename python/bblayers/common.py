# SPDX-License-Identifier: Apache-2.0
"""A command of bitbake-layers that a layer brings in its lib/bblayers."""

import argparse
import logging
import os

logger = logging.getLogger("bitbake-layers")


class LayerPlugin:
    """Has the configuration in tinfoil, the layers' folders in bblayers, and those of the collections by their names."""

    def __init__(self):
        self.tinfoil, self.bblayers, self.bbfile_collections = None, [], {}

    def tinfoil_init(self, tinfoil):
        self.tinfoil = tinfoil
        self.bblayers = (tinfoil.config_data.getVar("BBLAYERS") or "").split()
        files = tinfoil.config_data.varhistory.get_variable_items_files("BBFILE_COLLECTIONS")
        self.bbfile_collections = {name: os.path.dirname(os.path.dirname(path)) for name, path in files.items()}

    @staticmethod
    def add_command(subparsers, cmdname, function, parserecipes=True, *args, **kwargs):
        """A command by its name; the function's documentation is its help, the first line alone in the overview."""
        first, _, rest = function.__doc__.partition("\n")
        parser = subparsers.add_parser(cmdname, *args, help=first, description=rest or first,
                                       formatter_class=argparse.RawTextHelpFormatter, **kwargs)
        parser.set_defaults(func=function, parserecipes=parserecipes)
        return parser

    def get_layer_name(self, layerdir):
        return os.path.basename(layerdir.rstrip(os.sep))
