# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Scrambles a Dreamcast program for a CD"
RETRO_TOOLS = "scramble=scramble"

require retro-tools.inc
