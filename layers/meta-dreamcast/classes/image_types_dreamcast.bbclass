# SPDX-License-Identifier: Apache-2.0
# 1st-read: the program as the console loads it. gdi: a GD-ROM. cdi: a CD, on which the program is scrambled.
#
# DC_IP_TXT names a text file of the recipe for makeip (relative to S). DC_IP_TEMPLATE is the user's own IP.BIN to begin with, 32768
# bytes: a real console wants code in it that is Sega's and is not shipped here; emulators with a loader of their own take ours.
# DC_DISC_FILES names a folder of the recipe (relative to S) whose files go onto the disc too.

DC_IP_TXT ?= ""
DC_IP_TEMPLATE ?= ""
DC_DISC_FILES ?= ""
DC_COMPANY ?= "HITZ"
DC_IP_COMMAND = "makeip -g '${GAME_TITLE}' -c '${DC_COMPANY}' ${@'--template ' + d.getVar('DC_IP_TEMPLATE') if d.getVar('DC_IP_TEMPLATE') else ''} \
    ${@'${S}/' + d.getVar('DC_IP_TXT') if d.getVar('DC_IP_TXT') else ''}"
DC_DISC = "--boot ${IMAGE_NAME}.1st-read ${@'--data ${S}/' + d.getVar('DC_DISC_FILES') if d.getVar('DC_DISC_FILES') else ''}"

IMAGE_CMD:1st-read = "${OBJCOPY} -O binary ${CONSOLE_EXE} ${IMAGE_NAME}.1st-read"

IMAGE_DEPENDS:gdi = "makeip-native mkgdi-native isocheck-native"
IMAGE_TYPEDEP:gdi = "1st-read"
IMAGE_OUTPUTS:gdi = ".gdi .track01.iso .track02.raw .track03.iso"
IMAGE_USER_FILES:gdi = "DC_IP_TEMPLATE"
IMAGE_MAKERS_FILES:gdi = "DC_IP_TEMPLATE"
IMAGE_CMD:gdi () {
    ${DC_IP_COMMAND} -D GD-ROM1/1 ${WORKDIR}/IP-gdi.BIN
    mkgdi --ip ${WORKDIR}/IP-gdi.BIN ${DC_DISC} -o ${IMAGE_NAME}
    isocheck --base 45000 ${IMAGE_NAME}.track03.iso
}

IMAGE_DEPENDS:cdi = "makeip-native mkcdi-native"
IMAGE_TYPEDEP:cdi = "1st-read"
IMAGE_USER_FILES:cdi = "DC_IP_TEMPLATE"
IMAGE_MAKERS_FILES:cdi = "DC_IP_TEMPLATE"
IMAGE_CMD:cdi () {
    ${DC_IP_COMMAND} -D CD-ROM1/1 ${WORKDIR}/IP-cdi.BIN
    mkcdi --ip ${WORKDIR}/IP-cdi.BIN ${DC_DISC} ${IMAGE_NAME}.cdi
    mkcdi --check --boot ${IMAGE_NAME}.1st-read ${IMAGE_NAME}.cdi
}
