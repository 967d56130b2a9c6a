# SPDX-License-Identifier: Apache-2.0
# nes: an iNES file, mapper 0 (NROM), with RAM for tiles in the cartridge.

IMAGE_DEPENDS:nes = "inesfix-native"
IMAGE_CMD:nes = "inesfix --prg 32768 --mapper 0 --mirroring horizontal -o ${IMAGE_NAME}.nes ${CONSOLE_EXE}"
