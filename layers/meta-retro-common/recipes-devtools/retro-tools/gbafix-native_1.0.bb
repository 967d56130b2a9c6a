# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Writes the header of a Game Boy Advance ROM"
RETRO_TOOLS = "gbafix=gba"

require retro-tools.inc
