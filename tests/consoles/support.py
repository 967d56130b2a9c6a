# SPDX-License-Identifier: Apache-2.0
"""What tests of console layers are made with: build directories, the list of tests, and the word for what this machine lacks."""

import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from toy_layers import has, write_layer  # noqa: has is what tests take from here

HITZ = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.environ.get("HITZ_TEST_DIR") or tempfile.mkdtemp(prefix="hitz-consoles.")
# Screenshots, images and reports stay here to be looked at.
ARTEFACTS = os.environ.get("HITZ_TEST_ARTEFACTS") or os.path.join(ROOT, "build", "consoles")
LAYERS = os.path.join(ROOT, "layers")
GAME = os.path.join(LAYERS, "meta-retro-common", "recipes-games", "retro-game", "files")
DOWNLOADS = os.environ.get("HITZ_TEST_DOWNLOADS") or os.path.join(WORK, "downloads")
# The compiler that a console's layer takes from the host: without it the console is not run.
COMPILERS = {"gba": "arm-none-eabi-gcc", "gb": "sdcc", "nes": "cc65", "psx": "mipsel-linux-gnu-gcc", "psp": "mipsel-linux-gnu-gcc",
             "dreamcast": "sh4-linux-gnu-gcc"}
# Those whose run-time library is built from gcc's sources.
OWN_LIBGCC = ("psx", "psp", "dreamcast")
ALL = [name for name in COMPILERS if os.path.exists(os.path.join(LAYERS, "meta-" + name, "conf", "layer.conf"))]
CHOSEN = [name for name in ALL if not sys.argv[2:] or name in sys.argv[2:]]
TESTS = []


class NotRun(Exception):
    """This machine lacks something that a test needs."""


def test(function):
    """A test of no console in particular."""
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


def for_each_console(function, consoles=CHOSEN):
    """A test that each console goes through; its name stands before the test's."""
    for console in consoles:
        TESTS.append((console + ": " + function.__name__.replace("_", " "), lambda console=console: function(console)))
    return function


def for_each_that_gcc_compiles_for(function):
    return for_each_console(function, [console for console in CHOSEN if COMPILERS[console].endswith("gcc")])


def need(*programs):
    lacking = [program for program in programs if shutil.which(program) is None]
    if lacking:
        raise NotRun("there is no " + " ".join(lacking))


def lacks_compiler(console):
    """What a console's layer wants of the host (HOST_PACKAGES) and is not here, or ""."""
    if shutil.which(COMPILERS[console]) is None:
        return COMPILERS[console]
    wanted = []
    for path in glob.glob(os.path.join(LAYERS, "meta-" + console, "conf", "machine", "**", "*.*"), recursive=True):
        with open(path) as file:
            wanted += [name for names in re.findall(r'^HOST_PACKAGES = "(.*)"$', file.read(), re.M) for name in names.split()]
    if shutil.which("dpkg-query") is None:
        return ""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *wanted], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    there = re.findall(r"^installed (\S+)$", done.stdout, re.M)
    return " ".join(name for name in wanted if name not in there)


def need_compilers(consoles):
    lacking = " ".join(filter(None, (lacks_compiler(console) for console in consoles)))
    if lacking:
        raise NotRun("there is no " + lacking)


class Place:
    """A build directory of its own with the consoles' layers, and the cache of `like`, another one, if any."""

    def __init__(self, name, consoles, local="", layers="", like=None):
        self.folder = os.path.join(WORK, name)
        self.build = os.path.join(self.folder, "hitz-build")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.build, "conf"))
        core = os.path.join(ROOT, "recipes")
        paths = [core, os.path.join(LAYERS, "meta-retro-common")] + [os.path.join(LAYERS, "meta-" + console) for console in consoles] + layers.split()
        machine = 'MACHINE = "%s"\n' % consoles[0] if len(consoles) == 1 else 'BBMULTICONFIG = "%s"\nMACHINE = "%s"\n' % (" ".join(consoles), consoles[0])
        local += '\nDL_DIR = "%s"' % DOWNLOADS
        local += '\nHITZ_CACHE_DIR = "%s/hitz-cache"\n' % like.build if like else "\n"
        for sample, more in (("local.conf", machine + local), ("bblayers.conf", "")):
            with open(os.path.join(core, "conf", "templates", sample + ".sample")) as file:
                text = file.read().replace("##HITZ_CORE_LAYER##", " ".join(paths))
            with open(os.path.join(self.build, "conf", sample), "w") as file:
                file.write(text + more)

    def hitz(self, *words, status=0, timeout=900):
        """Runs hitz here; its output. The exit status must be the one expected."""
        done = subprocess.run([HITZ, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=timeout, errors="replace")
        assert done.returncode == status, "hitz %s gave %d instead of %d:\n%s" % (" ".join(words), done.returncode, status, done.stdout[-6000:])
        return done.stdout

    def images(self, console):
        """{name: digest} of what was deployed for a console."""
        folder = self.deployed(console)
        return {name: digest(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}

    def deployed(self, console, name=""):
        return os.path.join(self.build, "tmp", "deploy", "images", console, name).rstrip("/")


PLACES = {}


def unpacked_sources():
    """A build directory that has taken the sources of gcc's run-time library and of newlib out of their archives, which is the same
    long work for each console that needs them. All consoles at once do it anew (builds.together)."""
    if "" not in PLACES:
        place = Place("sources", [console for console in OWN_LIBGCC if not lacks_compiler(console)][:1])
        place.hitz("build", "libgcc-source-native", "newlib-source-native")
        PLACES[""] = place
    return PLACES[""]


def built(console):
    """Where a console's game and self-test have been built from nothing but unpacked sources; built once."""
    need_compilers([console])
    if console not in PLACES:
        place = Place("from-nothing-" + console, [console])
        if console in OWN_LIBGCC:
            shutil.copytree(os.path.join(unpacked_sources().build, "hitz-cache"), os.path.join(place.build, "hitz-cache"))
        place.hitz("build", "retro-game", "retro-selftest")
        PLACES[console] = place
    return PLACES[console]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def started(output):
    """The tasks that a build ran: {(recipe, task)}."""
    return set(re.findall(r"NOTE: (?:mc:\w+:)?(\S+)-\S+-r0 (do_\w+): started", output))


def toy_layer(name, files):
    """A layer with these files, over the others."""
    return write_layer(os.path.join(WORK, "layers", name), 9, files)
