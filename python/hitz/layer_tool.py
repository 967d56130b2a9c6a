# SPDX-License-Identifier: Apache-2.0
"""bitbake-layers and bitbake-config-build where layers bring the commands: lib/bblayers and lib/bbconfigbuild on BBPATH."""

import argparse
import logging
import os
import subprocess
import sys

import bb
import bb.cooker
import bb.msg
import bb.tinfoil
import bb.utils

_TOOLS = {"bitbake-layers": ("bblayers", "BitBake layers utility"),
          "bitbake-config-build": ("bbconfigbuild", "BitBake build configuration utility")}


def _parser(tool):
    parser = argparse.ArgumentParser(prog=tool, description=_TOOLS[tool][1], add_help=False,
                                     epilog="Use %(prog)s <subcommand> --help to get help on a specific command")
    parser.add_argument("-d", "--debug", help="Enable debug output", action="store_true")
    parser.add_argument("-q", "--quiet", help="Print only errors", action="store_true")
    if tool == "bitbake-layers":
        parser.add_argument("-F", "--force", action="count",
                            help="Forced execution: -F adds without checking that recipes parse, -FF runs without parsing layers.")
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto", metavar="COLOR",
                        help="Colorize output (where %(metavar)s is %(choices)s)")
    parser.set_defaults(force=0)
    return parser


def _plugins(tinfoil, tool, logger, folders):
    plugins = []
    for folder in folders:
        bb.utils.load_plugins(logger, plugins, os.path.join(folder, "lib", _TOOLS[tool][0]))
    for plugin in plugins:
        if hasattr(plugin, "tinfoil_init") and tinfoil.config_data is not None:
            plugin.tinfoil_init(tinfoil)
    return plugins


def _own(name):
    """A command of hitz's own, which reads its words itself."""
    def run(_args):
        words = sys.argv[sys.argv.index(name):]
        return subprocess.call([os.readlink("/proc/self/exe"), "layers", *words])
    return run


def _commands(parser, plugins, own):
    subparsers = parser.add_subparsers(title="subcommands", metavar="<subcommand>")
    subparsers.required = True
    for plugin in plugins:
        if hasattr(plugin, "register_commands"):
            plugin.register_commands(subparsers)
    for line in own.split("\n"):
        name, _, summary = line.partition("\t")
        if name and name not in subparsers.choices:
            own_parser = subparsers.add_parser(name, help=summary, add_help=False)
            own_parser.set_defaults(func=_own(name), parserecipes=False)
    return subparsers


def main(tool, own, words):
    """own: hitz's commands, "NAME\\tSUMMARY" a line."""
    parser = _parser(tool)
    given, rest = parser.parse_known_args(words)
    parser.add_argument("-h", "--help", action="help", default=argparse.SUPPRESS, help="show this help message and exit")
    level = logging.DEBUG if given.debug else logging.ERROR if given.quiet else logging.INFO
    logger = bb.msg.logger_create("bitbake-layers", sys.stdout, level, color=given.color)
    logger.propagate = False
    with bb.tinfoil.Tinfoil(tracking=True) as tinfoil:
        tinfoil.logger.setLevel(level)
        folders = []
        if given.force < 2:
            skip = [bb.cooker.CookerFeatures.SKIP_FRAGMENTS] if tool == "bitbake-config-build" else None
            tinfoil.prepare(True, extra_features=skip)
            folders = tinfoil.config_data.getVar("BBPATH").split(":")
        subparsers = _commands(parser, _plugins(tinfoil, tool, logger, folders), own)
        if not subparsers.choices:
            logger.error("No commands registered - missing plugins?")
            return 1
        known, unknown = parser.parse_known_args(rest, namespace=given)
        if unknown and known.func.__name__ != "run":
            parser.error("unrecognized arguments: " + " ".join(unknown))
        if getattr(known, "parserecipes", False):
            tinfoil.parse_recipes()
        return known.func(known)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
    except (bb.BBHandledException, bb.tinfoil.TinfoilUIException):
        sys.exit(1)
