# SPDX-License-Identifier: Apache-2.0
"""Broken variants: each stops with a message that says what is wrong."""

import os

from support import CHOSEN, Place, built, for_each_console, has, need, need_compilers, test, toy_layer

CONSOLE_RAM = {"gba": "iwram", "gb": "ram", "nes": "ram", "psx": "ram", "psp": "ram", "dreamcast": "ram"}


def append(name, text, files=None):
    return toy_layer(name, {"retro-game_%.bbappend": text, **(files or {})})


@for_each_console
def too_much_memory_is_refused_with_a_report(console):
    need_compilers([console])
    size = {"gba": 40000, "gb": 9000, "nes": 3000}.get(console, 40 << 20)
    layer = append("fat" + console, 'FILESPATH:prepend = "${FATLAYER}:"\nSRC_URI += "file://fat.c"\nCONSOLE_SOURCES += "fat.c"\n'
                                    'TARGET_LDFLAGS:append = " -Wl,--undefined=keep_fat"\n',
                   {"fat.c": "char fat[%d];\nchar *keep_fat(void) { return fat; }\n" % size})
    with open(os.path.join(layer, "conf", "layer.conf"), "a") as file:
        file.write('FATLAYER = "${LAYERDIR}"\n')
    out = Place("fat-" + console, [console], layers=layer, like=built(console)).hitz("build", "retro-game", status=1)
    has(out, "does not fit into %s" % console, "region %s is " % CONSOLE_RAM[console], "bytes over its ", "its largest section is ", "(reserved)")


@test
def a_recipes_own_budget_is_kept():
    need_compilers(["gba"])
    out = Place("tight", ["gba"], like=built("gba"), layers=append("tight", 'CONSOLE_BUDGET[rom] = "4K"\n')).hitz("build", "retro-game", status=1)
    has(out, "region rom is ", " bytes over its 4096; its largest section is .")


@test
def a_budget_for_memory_that_there_is_not_is_refused():
    need_compilers(["gba"])
    out = Place("nowhere", ["gba"], like=built("gba"), layers=append("nowhere", 'CONSOLE_BUDGET[vram] = "4K"\n')).hitz("build", "retro-game", status=1)
    has(out, "CONSOLE_BUDGET[vram]: the machine has no such region; it has ewram iwram rom")


@test
def code_for_another_processor_is_refused_by_its_elf_flags():
    need_compilers(["gba"])
    out = Place("flags", ["gba"], like=built("gba"), local='CONSOLE_ELF_FLAGS:forcevariable = "0x05000400"\nOVERRIDES:append = ":forcevariable"\n').hitz("build", "retro-game", status=1)
    has(out, "its ELF flags are 0x05000200, not 0x05000400 as CONSOLE_ELF_FLAGS says")


@test
def an_image_type_that_nothing_makes_is_refused():
    need_compilers(["gba"])
    out = Place("type", ["gba"], like=built("gba"), local='IMAGE_FSTYPES = "gba cartridge"\n').hitz("build", "retro-game", status=1)
    has(out, "IMAGE_FSTYPES has cartridge, and no class in IMAGE_CLASSES has an IMAGE_CMD:cartridge")


@test
def another_version_of_a_locked_compiler_is_refused():
    need_compilers(["gba"])
    need("dpkg-query")
    place = Place("lock", ["gba"], like=built("gba"))
    place.hitz("build", "-c", "lock_host_packages", "retro-game")
    lock = os.path.join(place.build, "conf", "host-packages.lock")
    with open(lock) as file:
        text = file.read()
    has(text, "binutils-arm-none-eabi ", "gcc-arm-none-eabi ")
    place.hitz("build", "retro-game-tiles")
    with open(lock, "w") as file:
        file.write(text.replace("gcc-arm-none-eabi ", "gcc-arm-none-eabi 99:"))
    has(place.hitz("build", "retro-game", status=1), "host-packages.lock has gcc-arm-none-eabi 99:", " is installed: install the locked version, or remove the line")


@test
def a_picture_with_too_many_colours_is_refused_by_pixel():
    need_compilers(["nes"])
    layer = toy_layer("colours", {"retro-game-tiles_%.bbappend": 'SRC_URI = "file://tiles-16.png"\nASSET_TILES = "tiles-16.png"\n'})
    out = Place("colours", ["nes"], like=built("nes"), layers=layer).hitz("build", "retro-game", status=1)
    has(out, "tiles-16.png: the pixel at ", "and 2bpp-nes has 4 colours")


@test
def a_missing_compiler_is_named_with_its_package():
    need("dpkg-query")
    need_compilers(["gba"])
    out = Place("missing", ["gba"], local='HOST_PACKAGES:append = " gcc-for-no-console"\n').hitz("build", "retro-game", status=1)
    has(out, "MACHINE gba is built with Debian's packages that are not installed: apt-get install gcc-for-no-console")


# What of the console's maker's goes in by which variable.
MAKERS = {"gba": "GBA_LOGO_FILE", "gb": "GB_LOGO_FILE", "psx": "PSX_LICENSE_FILE", "dreamcast": "DC_IP_TEMPLATE"}


def for_those_with_makers_files(function):
    return for_each_console(function, [console for console in CHOSEN if console in MAKERS])


@for_those_with_makers_files
def a_file_of_the_makers_goes_in_only_where_its_licence_flag_is_accepted(console):
    need_compilers([console])
    local = '%s = "/nowhere/of-the-makers.bin"\n' % MAKERS[console]
    place = Place("makers-" + console, [console], like=built(console), local=local + 'LICENSE_FLAGS_ACCEPTED = "console-proprietary_retro-game commercial"\n')
    has(place.hitz("build", "-n", "retro-selftest", status=1), "its licence flag 'console-proprietary' is not in LICENSE_FLAGS_ACCEPTED: %s would put a file into the images" % MAKERS[console])
    has(place.hitz("build", "-n", "retro-game"), "tasks would run")
    has(place.hitz("layers", "show-recipes", "retro-selftest"), "(skipped: its licence flag 'console-proprietary'")
    has(place.hitz("build", "-n", "retro-selftest", "-D", "LICENSE_FLAGS_ACCEPTED=console-proprietary"), "tasks would run")
