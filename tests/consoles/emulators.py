# SPDX-License-Identifier: Apache-2.0
"""A program for a console, run for a while: what it said, and what was on the screen at the end.

Each machine has a class with
  lacks()                             what this machine does not have for it, or ""
  run(place, console, program, keys)  an Outcome; `keys` is a list of (frames, names of keys that are down), where the machine
                                      takes keys, and else says only for how long"""

import glob
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

PATH = os.environ.get("PATH", "") + ":/usr/games"
HERE = os.path.dirname(os.path.abspath(__file__))


class Outcome:
    """What came of a run: text, and pictures [(width, height, RGB)], one after each stretch of keys."""

    def __init__(self, text, pictures, heard=False):
        self.text, self.pictures, self.heard = text, pictures, heard

    def hashes(self):
        return re.findall(r"HASH ([0-9a-f]{4})\b", self.text)

    def says_math(self):
        return re.findall(r"MATH (..)", self.text)


def reading(process, until, seconds):
    """What a process says until a text is in it or time is over."""
    end, text = time.time() + seconds, b""
    while until not in text and time.time() < end and process.poll() is None:
        if select.select([process.stdout], [], [], 0.2)[0]:
            data = os.read(process.stdout.fileno(), 4096)
            if not data:
                break
            text += data
    return text


def lacking(*programs):
    return " ".join(program for program in programs if shutil.which(program, path=PATH) is None)


def ended(*processes):
    """Ends what never ends by itself."""
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


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


class Pcsxr:
    """A PlayStation whose BIOS is the emulator's own, on an X server that nobody sees. The disc boots, not the program by itself."""

    def lacks(self):
        return lacking("pcsxr", "Xvfb", "import", "stdbuf")

    def run(self, place, console, program, keys):
        with tempfile.TemporaryDirectory() as home:
            self.settle(home)
            screen = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            display = ":" + reading(screen, b"\n", 20).decode().strip()
            environment = {**os.environ, "HOME": home, "DISPLAY": display, "PATH": PATH, "LIBGL_ALWAYS_SOFTWARE": "1"}
            player = subprocess.Popen(["stdbuf", "-o0", "pcsxr", "-nogui", "-psxout", "-cdfile", place.deployed(console, "%s-%s.cue" % (program, console))],
                                      env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                text = reading(player, b"MATH " if program == "retro-selftest" else b"HASH ", 60) + reading(player, b"\0never", 3)
                shot = subprocess.run(["import", "-window", "root", "-depth", "8", "rgb:-"], env=environment, stdout=subprocess.PIPE, check=True, timeout=60).stdout
            finally:
                ended(player, screen)
            return Outcome(text.decode("latin-1"), [(640, 480, shot)])

    @staticmethod
    def settle(home):
        """The emulator does not start without settings; all paths are whole."""
        own = os.path.join(home, ".pcsxr")
        for folder in ("plugins", "memcards", "patches", "sstates"):
            os.makedirs(os.path.join(own, folder))
        for plugin in glob.glob("/usr/lib/*/psemu/*.so"):
            os.symlink(plugin, os.path.join(own, "plugins", os.path.basename(plugin)))
        settings = {"Bios": "HLE", "Gpu": "libpeopsxgl.so", "Spu": "libDFSound.so", "Cdr": "libDFCdrom.so", "Pad1": "libDFInput.so", "Pad2": "libDFInput.so",
                    "Sio1": "libBladeSio1.so", "Net": "Disabled", "PluginsDir": own + "/plugins/", "BiosDir": own + "/", "PsxOut": "1", "Cpu": "1",
                    "Mcd1": own + "/memcards/card1.mcd", "Mcd2": own + "/memcards/card2.mcd"}
        with open(os.path.join(own, "pcsxr.cfg"), "w") as file:
            file.writelines("%s = %s\n" % pair for pair in settings.items())


def machines():
    """{console: its emulator}."""
    return {"gba": Libretro("mgba", "gba"), "gb": Libretro("gambatte", "gb"), "nes": Libretro("nestopia", "nes"), "psx": Pcsxr()}
