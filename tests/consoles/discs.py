# SPDX-License-Identifier: Apache-2.0
"""PlayStation, PSP and Dreamcast: what their layers alone have. Discs and packages that are wrong, files that are the user's own,
the tools' own tests."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import dreamcast
import emulators
from builds import ACCEPTED
from games import emulator
from support import CHOSEN, LAYERS, WORK, NotRun, Place, built, has, need, started, test, toy_layer

TOOLS = os.path.join(LAYERS, "meta-retro-common", "recipes-devtools", "retro-tools", "files")
HERE = os.path.dirname(os.path.abspath(__file__))


def chosen(console):
    if console not in CHOSEN:
        raise NotRun("%s was not asked for" % console)
    return built(console)


def tool(module, *words, status=0):
    """Runs a packing tool from its source; what it said."""
    done = subprocess.run([sys.executable, "-B", "-m", "retrotools." + module, *words], env={**os.environ, "PYTHONPATH": TOOLS}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    assert done.returncode == status, "%s gave %d: %s" % (module, done.returncode, done.stdout)
    return done.stdout


def layer_for_game(name, text, files):
    """A layer whose retro-game has these files beside its own."""
    layer = toy_layer(name, {"retro-game_%.bbappend": 'FILESPATH:prepend = "${OWN_FILES}:"\n' + text, **files})
    with open(os.path.join(layer, "conf", "layer.conf"), "a") as file:
        file.write('OWN_FILES = "${LAYERDIR}"\n')
    return layer


@test
def the_packing_tools_pass_their_own_tests():
    done = subprocess.run([sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests", "-t", ".", "-p", "test_*.py"], cwd=TOOLS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PATH": emulators.PATH})
    assert done.returncode == 0, done.stdout
    print("  %s, %s" % (re.search(r"Ran \d+ tests", done.stdout)[0], done.stdout.strip().splitlines()[-1]))


DISC_XML = """<iso_project>
  <track type="data">
    <identifiers system="PLAYSTATION" application="PLAYSTATION" volume="OWN"/>
    <directory_tree>
      <file name="SYSTEM.CNF" source="SYSTEM.CNF"/>
      <file name="MAIN.EXE" source="MAIN.EXE"/>
      <dir name="DATA"><file name="EXTRA.TXT" source="extra.txt"/><dummy sectors="20"/></dir>
    </directory_tree>
  </track>
</iso_project>
"""
OWN_DISC = 'SRC_URI += "file://disc.xml file://extra.txt"\nPSX_DISC_XML = "disc.xml"\n'


@test
def a_disc_project_of_the_recipe_is_packed():
    like = chosen("psx")
    layer = layer_for_game("own-disc", OWN_DISC, {"disc.xml": DISC_XML, "extra.txt": "more"})
    place = Place("own-disc", ["psx"], layers=layer, like=like)
    place.hitz("build", "retro-game")
    has(tool("isocheck", "--psx", place.deployed("psx", "retro-game-psx.bin")), "/DATA/EXTRA.TXT;1", "/MAIN.EXE;1")


@test
def a_broken_disc_project_is_refused_with_its_line():
    like = chosen("psx")
    for number, (change, said) in enumerate((((DISC_XML.replace("</dir>", "")), "disc.xml:8: mismatched tag"),
                                             ((DISC_XML.replace('source="extra.txt"', 'source="lost.txt"')), "disc.xml:7: "),
                                             ((DISC_XML.replace("<dummy ", "<dumy ")), "disc.xml:7: <dumy> is no element of a disc project; did you mean dummy?"))):
        layer = layer_for_game("bad-disc%d" % number, OWN_DISC, {"disc.xml": change, "extra.txt": "more"})
        has(Place("bad-disc%d" % number, ["psx"], layers=layer, like=like).hitz("build", "retro-game", status=1), said)


@test
def a_read_in_the_load_delay_is_refused():
    like = chosen("psx")
    hazard = ".set noreorder\n.globl hazard\nhazard:\n lw $2, 0($4)\n addu $2, $2, $2\n jr $31\n nop\n"
    layer = layer_for_game("delay", 'SRC_URI += "file://hazard.S"\nCONSOLE_SOURCES += "hazard.S"\nTARGET_LDFLAGS:append = " -Wl,--undefined=hazard"\n', {"hazard.S": hazard})
    has(Place("delay", ["psx"], layers=layer, like=like).hitz("build", "retro-game", status=1), "1 instructions read a register in its load delay, the first at 8001")


@test
def the_users_licence_goes_in_and_into_the_signature():
    like = chosen("psx")
    folder = os.path.join(WORK, "users-own")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "licence.dat")

    def write(byte):
        with open(path, "wb") as file:
            file.write(b"".join(bytes([0, 0, 8, 0]) * 2 + bytes([byte]) * 2048 + bytes(280) for _ in range(12)))
    write(0x5A)
    place = Place("licence", ["psx"], local=ACCEPTED + 'PSX_LICENSE_FILE = "%s"\n' % path, like=like)
    place.hitz("build", "retro-game")
    image = place.deployed("psx", "retro-game-psx.bin")
    with open(image, "rb") as file:
        assert file.read()[4 * 2352 + 24:][:2048] == b"\x5a" * 2048
    has(tool("psxlicense", image, "--check-empty", status=1), "sector 0 of the licence area has data")
    write(0x5B)
    ran = started(place.hitz("build", "retro-game"))
    assert ran == {("retro-game", "do_image_bincue"), ("retro-game", "do_image_complete")}, ran
    with open(image, "rb") as file:
        assert file.read()[4 * 2352 + 24:][:2048] == b"\x5b" * 2048
    tool("psxlicense", like.deployed("psx", "retro-game-psx.bin"), "--check-empty")
    layer = layer_for_game("licence-in-xml", OWN_DISC, {"disc.xml": DISC_XML.replace("<directory_tree>", '<license file="%s"/><directory_tree>' % path), "extra.txt": ""})
    has(Place("licence-in-xml", ["psx"], layers=layer, like=like).hitz("build", "retro-game", status=1),
        "disc.xml:4: <license> names a licence file: a recipe names it by PSX_LICENSE_FILE")


@test
def a_disc_with_rock_ridge_is_refused():
    like = chosen("psx")
    need("xorriso")
    with tempfile.TemporaryDirectory() as folder:
        tree, iso = os.path.join(folder, "tree"), os.path.join(folder, "rr.iso")
        os.makedirs(tree)
        shutil.copy(like.deployed("psx", "retro-selftest-psx.psexe"), tree + "/MAIN.EXE")
        with open(tree + "/SYSTEM.CNF", "wb") as file:
            file.write(b"BOOT = cdrom:\\MAIN.EXE;1\r\nTCB = 4\r\nEVENT = 10\r\nSTACK = 801FFF00\r\n")
        subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-sysid", "PLAYSTATION", "-o", iso, tree], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        has(tool("isocheck", "--psx", iso, status=1), "has Rock Ridge records", "make it without (--norock)")

@test
def an_unaligned_pbp_is_refused_by_tool_and_loader():
    like = chosen("psp")
    emulator("psp")
    with open(like.deployed("psp", "retro-selftest-psp.pbp"), "rb") as file:
        data = file.read()
    # Two bytes more before DATA.PSP, and its offset and the next one say so.
    head = bytearray(data[:0x28])
    start = int.from_bytes(head[0x20:0x24], "little")
    for at in (0x20, 0x24):
        head[at:at + 4] = (int.from_bytes(head[at:at + 4], "little") + 2).to_bytes(4, "little")
    broken = os.path.join(WORK, "unaligned.pbp")
    with open(broken, "wb") as file:
        file.write(bytes(head) + data[0x28:start] + b"\0\0" + data[start:])
    has(tool("pbp", "--check", broken, status=1), "DATA.PSP is at %x, which is no multiple of 16" % (start + 2))
    done = subprocess.run(["/usr/bin/python3", "-B", os.path.join(HERE, "psp.py"), broken, WORK, "[[1, []]]"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 1
    has(done.stdout, "DATA.PSP is at %x, not at a multiple of 16" % (start + 2))


def shows_bars(folder):
    """Whether a run in MAME left the self-test's picture."""
    with open(os.path.join(folder, "0.rgb"), "rb") as file:
        file.readline()
        return file.read().count(b"\xf8\xd0\x30") > 15000


@test
def a_cd_starts_and_one_whose_program_is_not_scrambled_does_not():
    like = chosen("dreamcast")
    emulator("dreamcast")
    program = like.deployed("dreamcast", "retro-selftest-dreamcast.1st-read")
    with tempfile.TemporaryDirectory() as folder:
        assert dreamcast.run(like.deployed("dreamcast", "retro-selftest-dreamcast.cdi"), folder, [(180, [])]) == 1
        assert shows_bars(folder)
    with tempfile.TemporaryDirectory() as folder:
        ip, bad = os.path.join(folder, "IP.BIN"), os.path.join(folder, "bad.cdi")
        tool("ipbin", ip)
        tool("cdi", "--ip", ip, "--boot", program, "--as-is", bad)
        has(tool("cdi", "--check", "--boot", program, bad, status=1), "the boot file is not scrambled")
        assert not dreamcast.run(bad, folder, [(180, [])]) or not shows_bars(folder)


def validated(*command, cwd=None):
    need(command[0])
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd).stdout.decode(errors="replace")


@test
def independent_programs_read_what_was_packed():
    told = []
    if "psx" in CHOSEN:
        place = chosen("psx")
        has(validated("file", "-b", place.deployed("psx", "retro-game-psx.psexe")), "Sony Playstation executable")
        with tempfile.TemporaryDirectory() as folder:
            validated("bchunk", place.deployed("psx", "retro-game-psx.bin"), place.deployed("psx", "retro-game-psx.cue"), "out", cwd=folder)
            has(validated("isoinfo", "-f", "-i", "out01.iso", cwd=folder), "/MAIN.EXE;1", "/SYSTEM.CNF;1")
        told.append("psx: file bchunk isoinfo")
    if "dreamcast" in CHOSEN:
        place = chosen("dreamcast")
        has(validated("isoinfo", "-f", "-N", "45000", "-i", place.deployed("dreamcast", "retro-game-dreamcast.track03.iso")), "/1ST_READ.BIN;1")
        with tempfile.TemporaryDirectory() as folder:
            validated("iat", "-i", place.deployed("dreamcast", "retro-game-dreamcast.cdi"), "--iso", "-o", "out", cwd=folder)
            out, = glob.glob(folder + "/out*")
            has(validated("isoinfo", "-f", "-N", "11702", "-i", out), "/1ST_READ.BIN;1")
        told.append("dreamcast: isoinfo iat")
    if not told:
        raise NotRun("neither psx nor dreamcast was asked for")
    print("  " + ", ".join(told))


@test
def chdman_verifies_the_discs():
    need("chdman")
    for console, ending in (("psx", "cue"), ("dreamcast", "gdi")):
        if console not in CHOSEN:
            continue
        places = [Place("chd%d-%s" % (number, console), [console], local='IMAGE_FSTYPES = "chd"\n', like=chosen(console)) for number in range(2)]
        for place in places:
            place.hitz("build", "retro-game")
        first, second = (place.images(console)["retro-game-%s.chd" % console] for place in places)
        assert first == second, "two CHDs differ"
