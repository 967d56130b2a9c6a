# SPDX-License-Identifier: Apache-2.0
# prx: a module that the system loads. pbp: EBOOT.PBP, which the menu starts, with its PARAM.SFO.
#
# PSP_ICON0_FILE (144x80 PNG), PSP_PIC1_FILE (480x272 PNG), PSP_SND0_FILE (AT3) are the recipe's or the user's own files.
# Programs are not signed: custom firmware and emulators start them. No key is shipped here.

PSP_DISC_ID ?= "UCJS10041"
PSP_DISC_VERSION ?= "1.00"
PSP_ICON0_FILE ?= ""
PSP_PIC1_FILE ?= ""
PSP_SND0_FILE ?= ""

IMAGE_DEPENDS:prx = "prxgen-native"
IMAGE_CMD:prx = "prxgen ${CONSOLE_EXE} ${IMAGE_NAME}.prx"

IMAGE_DEPENDS:pbp = "mksfoex-native pack-pbp-native"
IMAGE_TYPEDEP:pbp = "prx"
IMAGE_USER_FILES:pbp = "PSP_ICON0_FILE PSP_PIC1_FILE PSP_SND0_FILE"
IMAGE_CMD:pbp () {
    mksfoex -d MEMSIZE=1 -s DISC_ID=${PSP_DISC_ID} -s DISC_VERSION=${PSP_DISC_VERSION} '${GAME_TITLE}' ${WORKDIR}/PARAM.SFO
    pack-pbp ${IMAGE_NAME}.pbp ${WORKDIR}/PARAM.SFO ${@d.getVar('PSP_ICON0_FILE') or 'NULL'} NULL NULL ${@d.getVar('PSP_PIC1_FILE') or 'NULL'} \
        ${@d.getVar('PSP_SND0_FILE') or 'NULL'} ${IMAGE_NAME}.prx NULL
    pack-pbp --check ${IMAGE_NAME}.pbp
}
