# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Writes the header of a Game Boy ROM"
RETRO_TOOLS = "gbfix=gb"

require retro-tools.inc
