# SPDX-License-Identifier: Apache-2.0
# A game for whatever console MACHINE is: CONSOLE_SOURCES are compiled against the machine's SDK, linked, checked against the
# machine's budget and packed as IMAGE_FSTYPES says. `-c populate_sdk` packs the SDK that it was built with.

inherit console-program console-budget console-image console-populate-sdk

DEPENDS += "virtual/console-sdk"
GAME_TITLE ?= "${PN}"
CONSOLE_EXE = "${B}/${PN}${CONSOLE_EXEEXT}"

python do_compile() {
    import retro.build
    retro.build.link(d, d.getVar('CONSOLE_EXE'), console_compile(d))
}
do_compile[vardeps] += "CONSOLE_LINK"

deltask install
deltask populate_sysroot
deltask package
deltask packagedata
addtask build after do_image_complete
