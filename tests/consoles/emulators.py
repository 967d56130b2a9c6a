# SPDX-License-Identifier: Apache-2.0
"""A program for a console, run for a while: what it said, and what was on the screen at the end.

Each machine has a class with
  takes_keys, hears                   whether a test can press keys, and learns of sound
  lacks()                             what this machine does not have for it, or ""
  run(place, console, program, keys)  an Outcome; `keys` is a list of (frames, names of keys that are down), where the
                                      machine takes keys, and else says that somebody looks at the screen. Where no key
                                      is ever down, pictures after the first may be left out"""

import array
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

import libretro

PATH = os.environ.get("PATH", "") + ":/usr/games"
HERE = os.path.dirname(os.path.abspath(__file__))


class Outcome:
    """What came of a run: text, pictures [(width, height, RGB)], one after each stretch of keys, whether there was sound, and a
    record of it, 44100 values a second, where the machine makes one."""

    def __init__(self, text, pictures, heard=False, record=()):
        self.text, self.pictures, self.heard, self.record = text, pictures, heard, record

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


def last_word(program):
    """What a program says last: those that do sums tell these after the hash."""
    return b"MATH " if program in ("retro-selftest", "newlib-demo") else b"HASH "


def lacking(*programs):
    return " ".join(program for program in programs if shutil.which(program, path=PATH) is None)


def ended(*processes):
    """Ends what never ends by itself."""
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def played(command, keys):
    """Runs a player of ours in a process of its own, with a folder as its last argument but the keys: N.rgb, `memory`, `heard`."""
    with tempfile.TemporaryDirectory() as folder:
        words = [folder if word is FOLDER else json.dumps(keys) if word is KEYS else word for word in command]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=400)
        text = done.stdout.decode("latin-1")
        assert done.returncode == 0, text[-4000:]
        pictures = [picture(os.path.join(folder, "%d.rgb" % index)) for index in range(len(keys)) if os.path.exists(os.path.join(folder, "%d.rgb" % index))]
        if os.path.exists(os.path.join(folder, "memory")):
            with open(os.path.join(folder, "memory"), "rb") as file:
                text += file.read().decode("latin-1")
        return Outcome(text, pictures, os.path.exists(os.path.join(folder, "heard")))


def picture(path):
    with open(path, "rb") as file:
        width, height = map(int, file.readline().split())
        return width, height, file.read()


FOLDER, KEYS = object(), object()


class Libretro:
    """A core of Debian's, in a process of its own: some keep things that outlive a game."""
    takes_keys = hears = True

    def __init__(self, core, ending):
        self.core, self.ending = core, ending

    def lacks(self):
        return "" if libretro.find(self.core) else "libretro-" + self.core

    def run(self, place, console, program, keys):
        rom = place.deployed(console, "%s-%s.%s" % (program, console, self.ending))
        return played([sys.executable, "-B", os.path.join(HERE, "libretro.py"), libretro.find(self.core), rom, FOLDER, KEYS], keys)


class Psp:
    """A PSP's loader and system calls, as far as the SDK goes, on Unicorn's processor."""
    takes_keys = hears = True

    def lacks(self):
        done = subprocess.run(["/usr/bin/python3", "-c", "import unicorn"], stderr=subprocess.DEVNULL)
        return "python3-unicorn" if done.returncode else ""

    def run(self, place, console, program, keys):
        return played(["/usr/bin/python3", "-B", os.path.join(HERE, "psp.py"), place.deployed(console, "%s-%s.pbp" % (program, console)), FOLDER, KEYS], keys)


class Dreamcast:
    """The text comes from QEMU, whose r2d board has the processor, the RAM and the serial port where a Dreamcast has them; the
    picture from MAME, which boots the disc by a boot ROM of our own."""
    takes_keys = hears = True

    def lacks(self):
        return lacking("qemu-system-sh4", "mame", "sh4-linux-gnu-gcc")

    def run(self, place, console, program, keys):
        text = self.serial(place.deployed(console, "%s-%s.1st-read" % (program, console)), last_word(program))
        if not keys:
            return Outcome(text, [])
        if not any(names for _, names in keys):
            keys = keys[:1]  # to look at; what comes later is told in text
        exact = ["exact"] if last_word(program) != b"HASH " else []
        outcome = played([sys.executable, "-B", os.path.join(HERE, "dreamcast.py"), place.deployed(console, "%s-%s.gdi" % (program, console)), FOLDER, KEYS] + exact, keys)
        assert len(outcome.pictures) == len(keys), "the disc did not boot: " + outcome.text
        return Outcome(text, outcome.pictures, outcome.heard)

    @staticmethod
    def serial(program, until):
        player = subprocess.Popen(["qemu-system-sh4", "-M", "r2d", "-display", "none", "-serial", "null", "-serial", "stdio", "-monitor", "none",
                                   "-device", "loader,file=%s,addr=0x0c010000,force-raw=on" % program, "-device", "loader,addr=0x8c010000,cpu-num=0"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            return (reading(player, until, 60) + reading(player, b"\n", 3)).decode("latin-1")
        finally:
            ended(player)


class Pcsxr:
    """A PlayStation whose BIOS is the emulator's own, on an X server that nobody sees. The disc boots, not the program by itself.
    With keys or a record it runs by the clock of the day: a stretch of frames is as many sixtieths of a second, and a key is held for
    half of one at least; sound goes into a file, at the same pace, by SDL's driver "disk". Else it runs as fast as it can."""
    hears = True
    keys = {"SELECT": "c", "START": "v", "UP": "Up", "RIGHT": "Right", "DOWN": "Down", "LEFT": "Left", "A": "x", "B": "s"}

    @property
    def takes_keys(self):
        return not lacking("xdotool")

    def lacks(self):
        return lacking("pcsxr", "Xvfb", "import", "stdbuf", "gcc")

    def run(self, place, console, program, keys, record=False):
        at_pace = record or any(names for _, names in keys)
        with tempfile.TemporaryDirectory() as home:
            self.settle(home, at_pace)
            clock = os.path.join(home, "patient_clock.so")
            subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", clock, os.path.join(HERE, "patient_clock.c"), "-ldl"], check=True)
            screen = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            display = ":" + reading(screen, b"\n", 20).decode().strip()
            environment = {**os.environ, "HOME": home, "DISPLAY": display, "PATH": PATH, "LIBGL_ALWAYS_SOFTWARE": "1",
                           "SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": os.path.join(home, "sound.raw")}
            player = subprocess.Popen(["stdbuf", "-o0", "pcsxr", "-nogui", "-psxout", "-cdfile", place.deployed(console, "%s-%s.cue" % (program, console))],
                                      env={**environment, "LD_PRELOAD": clock}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                if any(names for _, names in keys):
                    text, shots = self.play(player, environment, keys)
                else:
                    text = reading(player, last_word(program), 60) + reading(player, b"\0never", 2)
                    shots = [self.shot(environment)]
            finally:
                ended(player, screen)
            sound = self.recorded(os.path.join(home, "sound.raw")) if at_pace else ()
            return Outcome(text.decode("latin-1"), [(320, 240, shot) for shot in shots], any(sound), sound)

    def play(self, player, environment, keys):
        """(what was said, a picture after each stretch)"""
        text, shots = reading(player, b"cheats from", 60), []
        subprocess.run(["xdotool", "mousemove", "320", "240"], env=environment, check=True)  # keys go to the window under the mouse
        for frames, names in keys:
            for name in names:
                subprocess.run(["xdotool", "keydown", self.keys[name]], env=environment, check=True)
            text += reading(player, b"\0never", max(frames / 60, 0.5 if names else 0))
            shots.append(self.shot(environment))
            for name in names:
                subprocess.run(["xdotool", "keyup", self.keys[name]], env=environment, check=True)
        return text, shots

    @staticmethod
    def shot(environment):
        """The screen in the console's own 320 by 240: every second pixel."""
        rgb = subprocess.run(["import", "-window", "root", "-depth", "8", "rgb:-"], env=environment, stdout=subprocess.PIPE, check=True, timeout=60).stdout
        return b"".join(rgb[at:at + 3] for y in range(0, 480, 2) for at in range(1920 * y, 1920 * (y + 1), 6))

    @staticmethod
    def recorded(path):
        """The left channel of what was played."""
        if not os.path.exists(path):
            return array.array("h")
        with open(path, "rb") as file:
            data = file.read()
        return array.array("h", data[:len(data) // 4 * 4])[::2]

    @staticmethod
    def settle(home, at_pace):
        """The emulator does not start without settings; all paths are whole. The GPU keeps the pace, and has settings of its own."""
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
        with open(os.path.join(own, "plugins", "gpuPeopsMesaGL.cfg"), "w") as file:
            file.write("\nResX = 640\nResY = 480\nUseFrameLimit = %d\nUseFrameSkip = 0\nFPSDetection = 1\n" % at_pace)


def machines():
    """{console: its emulator}."""
    return {"gba": Libretro("mgba", "gba"), "gb": Libretro("gambatte", "gb"), "nes": Libretro("nestopia", "nes"), "psx": Pcsxr(), "psp": Psp(),
            "dreamcast": Dreamcast()}
