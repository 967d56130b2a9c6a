# SPDX-License-Identifier: Apache-2.0
# gb: a cartridge of 32 KiB that a Game Boy Color shows in colours. Its header has no logo, which a console's start-up code asks
# for and emulators do not, unless the user names a file with it.

GB_TITLE ?= "${@d.getVar('GAME_TITLE').upper()[:15]}"
GB_LOGO_FILE ?= ""

IMAGE_DEPENDS:gb = "gbfix-native"
IMAGE_USER_FILES:gb = "GB_LOGO_FILE"
IMAGE_MAKERS_FILES:gb = "GB_LOGO_FILE"
IMAGE_CMD:gb = "makebin -s 32768 ${CONSOLE_EXE} ${IMAGE_NAME}.gb && \
    gbfix -t '${GB_TITLE}' --color also -m 0 ${@'--logo ' + d.getVar('GB_LOGO_FILE') if d.getVar('GB_LOGO_FILE') else ''} ${IMAGE_NAME}.gb"
