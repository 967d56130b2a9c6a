# SPDX-License-Identifier: Apache-2.0
"""Finding and reading configuration files."""

import os

import bb


def findConfigFile(configfile, data):
    """conf/<name> on BBPATH, else in this folder or one above it; None when there is none."""
    folders = (data.getVar("BBPATH") or "").split(":") if data.getVar("BBPATH") else []
    here = os.getcwd()
    while True:
        folders.append(here)
        if here == os.path.dirname(here):
            break
        here = os.path.dirname(here)
    candidates = (os.path.join(folder, "conf", configfile) for folder in folders)
    return next((path for path in candidates if os.path.exists(path)), None)


def findTopdir():
    """The folder that holds conf/bblayers.conf, by BBPATH of the environment or above us; this one when there is none."""
    d = bb.data.init()
    if "BBPATH" in os.environ:
        d.setVar("BBPATH", os.environ["BBPATH"])
    found = findConfigFile("bblayers.conf", d)
    return os.path.dirname(os.path.dirname(found)) if found else os.path.abspath(os.getcwd())


def parse_config_file(fn, data, include=True):
    """Reads a file of the base configuration."""
    return bb.parse.handle(fn, data, include, baseconfig=True)
