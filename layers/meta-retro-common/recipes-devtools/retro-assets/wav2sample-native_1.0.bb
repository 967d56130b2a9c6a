# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Converts sounds to consoles' samples"
RETRO_TOOLS = "wav2sample=samples"
RETRO_MODULES = "png tiles"

require ../retro-tools/retro-tools.inc
FILESPATH:append = ":${FILE_DIRNAME}/../retro-tools/files"
