# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Writes the iNES header of a NES ROM"
RETRO_TOOLS = "inesfix=nes"

require retro-tools.inc
