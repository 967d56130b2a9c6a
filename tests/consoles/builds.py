# SPDX-License-Identifier: Apache-2.0
"""What builds promise: the same bits everywhere, nothing of others', only what changed, fast from the cache."""

import os
import shutil
import time

from support import ALL, CHOSEN, GAME, ROOT, WORK, NotRun, Place, built, for_each_console, has, lacks_compiler, need_compilers, started, test, toy_layer

# How pieces begin that belong to the consoles' makers. None of them may be here, and nothing that begins so is ours.
FOREIGN = {
    "the logo of Game Boy cartridges": bytes.fromhex("ceed6666cc0d"),
    "the logo of Game Boy Advance cartridges": bytes.fromhex("24ffae51699a"),
    "the licence text of PlayStation discs": b"Licensed  by  " + b"        Sony",
    "the licence screen of Dreamcast discs": b"PRODUCED BY " + b"OR UNDER LICENSE",
}


# Whoever puts a file of a maker's into images says so.
ACCEPTED = 'LICENSE_FLAGS_ACCEPTED = "console-proprietary"\n'


def foreign_pieces(folder):
    found = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in (".git", "build", "build-sanitized", "hitz-build", "__pycache__")]
        for name in files:
            path = os.path.join(root, name)
            if os.path.islink(path) or path == os.path.abspath(__file__):
                continue
            with open(path, "rb") as file:
                data = file.read()
            found += ["%s holds %s" % (path, what) for what, piece in FOREIGN.items() if piece in data]
    return found


@test
def no_file_of_the_tree_holds_what_belongs_to_the_consoles_makers():
    assert not foreign_pieces(ROOT), foreign_pieces(ROOT)


@for_each_console
def no_image_holds_what_belongs_to_the_consoles_makers(console):
    folder = built(console).deployed(console)
    assert len(os.listdir(folder)) >= 4
    assert not foreign_pieces(folder), foreign_pieces(folder)


def ready():
    """The consoles of this run whose compilers are there."""
    consoles = [console for console in CHOSEN if not lacks_compiler(console)]
    if not consoles:
        raise NotRun("there is no compiler for any console")
    return consoles


TOGETHER = []


def together():
    """One build directory for all consoles, each a multiconfig; built from nothing by one command."""
    if not TOGETHER:
        consoles = ready() if len(ready()) > 1 else [console for console in ALL if not lacks_compiler(console)]
        if len(consoles) < 2:
            raise NotRun("there is no compiler for a second console")
        place = Place("another/deeper/folder", consoles)
        start = time.time()
        place.hitz("build", *["mc:%s:%s" % (console, program) for console in consoles for program in ("retro-game", "retro-selftest")])
        print("  %d consoles from nothing: %.1f s" % (len(consoles), time.time() - start))
        TOGETHER.append((place, consoles))
    return TOGETHER[0]


@test
def one_command_builds_all_consoles_and_gives_the_same_bits_in_another_folder():
    place, consoles = together()
    for console in consoles:
        assert place.images(console) == built(console).images(console), console


@test
def the_cache_gives_the_images_of_all_consoles_back_in_two_seconds():
    place, consoles = together()
    before = {console: game_of(place.images(console)) for console in consoles}
    os.rename(os.path.join(place.build, "tmp"), os.path.join(place.build, "forgotten"))
    start = time.time()
    out = place.hitz("build", *["mc:%s:retro-game" % console for console in consoles])
    took = time.time() - start
    print("  %d consoles from the cache: %.2f s" % (len(consoles), took))
    assert not [task for _, task in started(out) if task in ("do_compile", "do_image_complete")], out
    assert {console: game_of(place.images(console)) for console in consoles} == before
    assert took < 2, "%.2f s" % took


def game_of(images):
    return {name: images[name] for name in images if name.startswith("retro-game-")}


@test
def with_nothing_to_do_nothing_runs():
    place, consoles = together()
    start = time.time()
    has(place.hitz("build", *["mc:%s:retro-game" % console for console in consoles]), "(0 run, 0 restored")
    print("  nothing to do: %.2f s" % (time.time() - start))


def with_own_art(name, consoles):
    """A build directory whose game takes its art from a folder that a test may change."""
    art = os.path.join(WORK, "artwork-" + name)
    shutil.copytree(os.path.join(GAME, "art"), art)
    layer = toy_layer("art" + name, {"retro-game-%s_%%.bbappend" % kind: 'FILESPATH:prepend = "%s:"\n' % art for kind in ("tiles", "sounds")})
    place = Place("changed-art-" + name, consoles, layers=layer, like=built(consoles[0]))
    place.hitz("build", *(["mc:%s:retro-game" % console for console in consoles] if len(consoles) > 1 else ["retro-game"]))
    return place, art


@for_each_console
def a_changed_picture_rebuilds_its_tiles_and_the_game(console):
    need_compilers([console])
    place, art = with_own_art(console, [console])
    before = place.images(console)
    for name in os.listdir(art):
        if name.startswith("tiles-"):
            recolour(os.path.join(art, name))
    ran = started(place.hitz("build", "retro-game"))
    assert {recipe for recipe, _ in ran} == {"retro-game-tiles", "retro-game"}, ran
    assert ("retro-game-tiles", "do_compile") in ran and ("retro-game", "do_compile") in ran, ran
    after = place.images(console)
    without_art = (".budget.txt", ".cue", ".gdi", ".lba.txt", ".track01.iso", ".track02.raw")
    same = [name for name in after if after[name] == before[name] and not name.endswith(without_art)]
    assert not same, "%s is the same as before" % same


def recolour(path):
    """Exchanges a colour of a PNG's palette."""
    import zlib
    with open(path, "rb") as file:
        data = file.read()
    at = data.index(b"PLTE")
    size = int.from_bytes(data[at - 4:at], "big")
    palette = data[at + 4:at + 7] + b"\xd0\x30\x30" + data[at + 10:at + 4 + size]
    with open(path, "wb") as file:
        file.write(data[:at + 4] + palette + zlib.crc32(b"PLTE" + palette).to_bytes(4, "big") + data[at + 8 + size:])


@test
def a_users_logo_goes_in_and_its_contents_are_part_of_the_signature():
    need_compilers(["gb"])
    logo = os.path.join(WORK, "my-logo.bin")
    place = Place("logo", ["gb"], like=built("gb"), local=ACCEPTED + 'GB_LOGO_FILE = "%s"\n' % logo)
    rom = place.deployed("gb", "retro-game-gb.gb")
    for byte in (b"\x55", b"\xaa"):
        with open(logo, "wb") as file:
            file.write(48 * byte)
        ran = started(place.hitz("build", "retro-game"))
        assert ("retro-game", "do_image_gb") in ran, ran
        with open(rom, "rb") as file:
            assert file.read()[0x104:0x134] == 48 * byte
    assert ("retro-game", "do_compile") not in ran, ran
    with open(logo, "wb") as file:
        file.write(b"short")
    has(place.hitz("build", "retro-game", status=1), "my-logo.bin: ", "has 5 bytes, not 48")


@test
def a_changed_sound_rebuilds_no_console_that_has_none():
    consoles = [console for console in ready() if console in ("gba", "nes")]
    if len(consoles) < 2:
        raise NotRun("it takes gba, with sounds, and nes, without")
    place, art = with_own_art("sounds", consoles)
    before = {console: place.images(console) for console in consoles}
    path = os.path.join(art, "gem.wav")
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[-100:] = bytes(100)
    with open(path, "wb") as file:
        file.write(data)
    ran = started(place.hitz("build", *["mc:%s:retro-game" % console for console in consoles]))
    assert {recipe for recipe, _ in ran} == {"retro-game-sounds", "retro-game"}, ran
    assert place.images("nes") == before["nes"]
    assert place.images("gba") != before["gba"]
