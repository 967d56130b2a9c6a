# SPDX-License-Identifier: Apache-2.0
"""A program for a console, run for a while: what it said, and what was on the screen at the end.

Each machine has a class with
  lacks()                             what this machine does not have for it, or ""
  run(place, console, program, keys)  an Outcome; `keys` is a list of (frames, names of keys that are down), where the machine
                                      takes keys, and else says only for how long"""

import os
import re
import subprocess
import sys
import json
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Outcome:
    """What came of a run: text, and pictures [(width, height, RGB)], one after each stretch of keys."""

    def __init__(self, text, pictures, heard=False):
        self.text, self.pictures, self.heard = text, pictures, heard

    def hashes(self):
        return re.findall(r"HASH ([0-9a-f]{4})\b", self.text)

    def says_math(self):
        return re.findall(r"MATH (..)", self.text)


class Libretro:
    """A core of Debian's, in a process of its own: some keep things that outlive a game."""

    def __init__(self, core, ending):
        self.core, self.ending = core, ending

    def lacks(self):
        import libretro
        return "" if libretro.find(self.core) else "libretro-" + self.core

    def run(self, place, console, program, keys):
        import libretro
        rom = place.deployed(console, "%s-%s.%s" % (program, console, self.ending))
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "libretro.py"), libretro.find(self.core), rom, folder, json.dumps(keys)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
            assert done.returncode == 0, done.stdout.decode(errors="replace")
            pictures = []
            for index in range(len(keys)):
                with open(os.path.join(folder, "%d.rgb" % index), "rb") as file:
                    width, height = map(int, file.readline().split())
                    pictures.append((width, height, file.read()))
            with open(os.path.join(folder, "memory"), "rb") as file:
                memory = file.read().decode("latin-1")
            return Outcome(memory, pictures, os.path.exists(os.path.join(folder, "heard")))


def machines():
    """{console: its emulator}."""
    out = {"gba": Libretro("mgba", "gba"), "gb": Libretro("gambatte", "gb"), "nes": Libretro("nestopia", "nes")}
    return out
