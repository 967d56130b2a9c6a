# SPDX-License-Identifier: Apache-2.0
# gba: a cartridge. Its header has no logo, which emulators do not ask for, unless the user names a file with it.

GBA_TITLE ?= "${@d.getVar('GAME_TITLE').upper()[:12]}"
GBA_CODE ?= "HITZ"
GBA_LOGO_FILE ?= ""

IMAGE_DEPENDS:gba = "gbafix-native"
IMAGE_USER_FILES:gba = "GBA_LOGO_FILE"
IMAGE_MAKERS_FILES:gba = "GBA_LOGO_FILE"
IMAGE_CMD:gba = "${OBJCOPY} -O binary ${CONSOLE_EXE} ${IMAGE_NAME}.gba && \
    gbafix -t '${GBA_TITLE}' -c '${GBA_CODE}' -m 00 ${@'--logo ' + d.getVar('GBA_LOGO_FILE') if d.getVar('GBA_LOGO_FILE') else ''} ${IMAGE_NAME}.gba"
