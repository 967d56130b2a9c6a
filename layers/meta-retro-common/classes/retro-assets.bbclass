# SPDX-License-Identifier: Apache-2.0
# Pictures and sounds as the machine's C arrays, in ${RETRO_ASSETS_DIR} of the sysroot of what depends on the recipe.
#   ASSET_TILES    PNG files, each NAME.png (or NAME-COLOURS.png, for a machine with so many) to NAME.c and NAME.h
#   ASSET_SOUNDS   WAV files, all together to ASSET_SOUNDS_NAME.c and .h; where CONSOLE_SOUND_FORMAT is empty there are none

inherit console-program

ASSET_TILES ?= ""
ASSET_SOUNDS ?= ""
ASSET_SOUNDS_NAME ?= "sounds"
DEPENDS += "${@'png2tiles-native' if d.getVar('ASSET_TILES') else ''} ${@'wav2sample-native' if d.getVar('ASSET_SOUNDS') else ''}"

do_compile () {
    for picture in ${ASSET_TILES}; do
        name=$(basename $picture .png)
        name=${name%-${CONSOLE_COLOURS}}
        png2tiles -f ${CONSOLE_TILE_FORMAT} -p ${CONSOLE_PALETTE_FORMAT} -n $name -o $name ${S}/$picture
    done
    if [ -n "${ASSET_SOUNDS}" ] && [ -n "${CONSOLE_SOUND_FORMAT}" ]; then
        wav2sample -f ${CONSOLE_SOUND_FORMAT} -o ${ASSET_SOUNDS_NAME} ${@' '.join('${S}/' + name for name in d.getVar('ASSET_SOUNDS').split())}
    fi
}

do_install () {
    install -d ${D}${RETRO_ASSETS_DIR}
    for file in *.c *.h; do
        [ ! -e $file ] || install -m 0644 $file ${D}${RETRO_ASSETS_DIR}/
    done
}
