# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Starfall's pictures as the machine's tiles"
LICENSE = "Apache-2.0"

FILESPATH:append = ":${FILE_DIRNAME}/files/art"
SRC_URI = "file://tiles-${CONSOLE_COLOURS}.png"
ASSET_TILES = "tiles-${CONSOLE_COLOURS}.png"

inherit retro-assets
