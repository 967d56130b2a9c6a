# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Converts pictures to consoles' tiles, palettes and TIMs"
RETRO_TOOLS = "png2tiles=tiles"
RETRO_MODULES = "png"

require ../retro-tools/retro-tools.inc
FILESPATH:append = ":${FILE_DIRNAME}/../retro-tools/files"
