# SPDX-License-Identifier: Apache-2.0
"""`hitz new game`: a layer that builds at once, or a refusal that leaves nothing."""

import os
import shutil

import builds
from sdks import shell
from support import HITZ, Place, built, has, need_compilers, test


def files_below(folder):
    """{path: text} of all files."""
    out = {}
    for root, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(root, name)) as file:
                out[os.path.relpath(os.path.join(root, name), folder)] = file.read()
    return out


def with_all_in_its_cache(consoles):
    """A build directory in whose cache the consoles' SDKs are."""
    return builds.together()[0] if len(consoles) > 1 else built(consoles[0])


@test
def a_new_game_is_made_by_one_command_and_builds_at_once():
    consoles = builds.ready()
    place = Place("new-game", [consoles[0]], like=with_all_in_its_cache(consoles))
    has(place.hitz("new", "game", "shooting-star", "--platforms", ",".join(consoles)),
        "shooting-star is made; build it with: hitz build mc:%s:shooting-star" % consoles[0])
    place.hitz("build", *["mc:%s:shooting-star" % console for console in consoles])
    for console in consoles:
        assert any(name.startswith("shooting-star-%s." % console) for name in place.images(console)), console


@test
def a_new_game_needs_nothing_but_an_empty_folder():
    need_compilers(["gba"])
    place = Place("new-game-alone", ["gba"])
    shutil.rmtree(place.build)
    has(place.hitz("new", "game", "comet", "-p", "gba"), "made the build directory " + place.build, "build it with: hitz build mc:gba:comet\n")
    place.hitz("build", "mc:gba:comet")
    with open(place.deployed("gba", "comet-gba.gba"), "rb") as file:
        rom = file.read()
    assert rom[0xa0:0xb2] == b"COMET".ljust(12, b"\0") + b"HITZ00", rom[0xa0:0xb2]
    assert rom[0xb2] == 0x96 and sum(rom[0xa0:0xbe]) + 0x19 & 0xff == 0, "the header's checksum is wrong"
    # A second one joins the first, and bitbake-layers makes the same.
    link = os.path.join(place.folder, "bitbake-layers")
    os.symlink(HITZ, link)
    has(shell("%s create-game %s/other/comet-two --consoles gba,nes" % (link, place.folder), place.build), "build it with: hitz build mc:gba:comet-two mc:nes:comet-two")
    has(place.hitz("getvar", "--value", "BBMULTICONFIG"), "gba nes")
    shutil.move(os.path.join(place.folder, "other"), os.path.join(place.folder, "by-layers"))
    place.hitz("layers", "remove-layer", "*/comet-two")
    place.hitz("new", "game", "other/comet-two", "--platforms", "gba", "--platforms", "nes")
    assert files_below(os.path.join(place.folder, "other")) == files_below(os.path.join(place.folder, "by-layers"))


@test
def a_new_game_that_cannot_be_is_refused_and_nothing_is_made():
    need_compilers(["gba"])
    place = Place("no-new-game", ["gba"], local='BBMULTICONFIG = "gba"\n')
    os.makedirs(os.path.join(place.folder, "there"))
    conf = files_below(place.build)
    for words, *said in ((["new"], "hitz new COMMAND"), (["new", "gam"], "did you mean 'game'"), (["new", "game"], "needs one name or folder"),
                        (["new", "game", "a", "b", "-p", "gba"], "needs one name or folder"),
                        (["new", "game", "star"], "needs --platforms"), (["new", "game", "star", "-p", ","], "no platform is named; there are dreamcast, gb, gba"),
                        (["new", "game", "star", "-p", "gba,nez"], "there is no platform 'nez'; did you mean nes?"),
                        (["new", "game", "star", "--plattforms", "gba"], "did you mean '--platforms'"),
                        (["new", "game", "Shooting_Star", "-p", "gba"], "'Shooting_Star' is no name for a game", "did you mean shooting-star?"),
                        (["new", "game", "gba", "-p", "gba"], "gba is the name of a layer already"),
                        (["new", "game", "retro-game", "-p", "gba"], "there is a recipe retro-game already: "),
                        (["new", "game", "star-native", "-p", "gba"], "star-native would be a tool for the build host"),
                        (["new", "game", "there", "-p", "gba"], "there is there already")):
        has(place.hitz(*words, status=0 if words == ["new"] else 1), *said)
    with open(os.path.join(place.build, "conf", "local.conf"), "a") as file:
        file.write("this is no statement\n")
    has(place.hitz("new", "game", "star", "-p", "gba", status=1), "local.conf:", "bblayers.conf is again what it was", "star has not been made")
    assert sorted(os.listdir(place.folder)) == ["hitz-build", "there"], os.listdir(place.folder)
    assert os.listdir(os.path.join(place.folder, "there")) == []
    assert files_below(place.build)["conf/bblayers.conf"] == conf["conf/bblayers.conf"]
    has(place.hitz("new", "--help"), "game  ", "makes a layer with a game for consoles")
    has(place.hitz("new", "game", "--help"), "--platforms PLATFORM,...", "psx, psp, dreamcast, gba, gb or nes")


@test
def a_new_game_for_a_console_that_local_conf_leaves_out_is_told():
    need_compilers(["gba", "nes"])
    place = Place("new-game-local", ["gba"], local='BBMULTICONFIG = "gba"\n')
    has(place.hitz("new", "game", "star", "-p", "gba,nes"), "local.conf has no nes: add it there", "star is made")
