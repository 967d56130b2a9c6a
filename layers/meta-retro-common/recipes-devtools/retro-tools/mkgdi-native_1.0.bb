# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Makes a GD-ROM image"
RETRO_TOOLS = "mkgdi=dcdisc"
RETRO_MODULES = "ipbin iso9660 isocheck sector"

require retro-tools.inc
