# SPDX-License-Identifier: Apache-2.0
"""The commands that change the layers, for layers' own commands to call."""

import os
import subprocess
import sys

import bb
import bb.utils
from bb.cookerdata import findTopdir
from bblayers.common import LayerPlugin


def _bblayers_conf():
    path = os.path.join(findTopdir(), "conf", "bblayers.conf")
    if os.path.exists(path):
        return path
    sys.stderr.write("Unable to find bblayers.conf\n")
    return None


class ActionPlugin(LayerPlugin):
    """args are what argparse made of the command line."""

    def do_add_layer(self, args):
        """Add one or more layers to bblayers.conf."""
        folders = [os.path.abspath(folder) for folder in args.layerdir]
        for folder in folders:
            wrong = "" if os.path.exists(folder) else "doesn't exist"
            if not wrong and not os.path.exists(os.path.join(folder, "conf", "layer.conf")):
                wrong = "doesn't contain a conf/layer.conf file"
            if wrong:
                sys.stderr.write("Specified layer directory %s %s\n" % (folder, wrong))
                return 1
        conf = _bblayers_conf()
        if conf is None:
            return 1
        with open(conf) as file:
            before = file.read()
        known, _ = bb.utils.edit_bblayers_conf(conf, folders, None)
        for folder in known:
            sys.stderr.write("Specified layer %s is already in BBLAYERS\n" % folder)
        if args.force or known:
            return None
        self.tinfoil.modified_files()
        try:
            self.tinfoil.run_command("parseConfiguration")
        except Exception as error:
            bb.error(str(error))
            with open(conf, "w") as file:
                file.write(before)
            self.tinfoil.modified_files()
            bb.fatal("Parse failure with the specified layer added, exiting.")

    def do_remove_layer(self, args):
        """Remove one or more layers from bblayers.conf."""
        conf = _bblayers_conf()
        if conf is None:
            return 1
        items = [item if item.startswith("*") else os.path.abspath(item) if "/" in item else "*/" + item for item in args.layerdir]
        _, unknown = bb.utils.edit_bblayers_conf(conf, None, items)
        if args.force < 2:
            self.tinfoil.modified_files()
        for item in unknown:
            sys.stderr.write("No layers matching %s found in BBLAYERS\n" % item)
        return 1 if unknown else None

    def do_flatten(self, args):
        """flatten layer configuration into a separate output directory."""
        return subprocess.call(["bitbake-layers", "flatten", *args.layer, args.outputdir])
