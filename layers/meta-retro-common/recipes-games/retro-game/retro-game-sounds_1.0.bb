# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Starfall's sounds as the machine plays them"
LICENSE = "Apache-2.0"

FILESPATH:append = ":${FILE_DIRNAME}/files/art"
SRC_URI = "file://star.wav file://gem.wav"
ASSET_SOUNDS = "star.wav gem.wav"

inherit retro-assets
