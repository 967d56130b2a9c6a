# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Makes a Dreamcast's IP.BIN"
RETRO_TOOLS = "makeip=ipbin"

require retro-tools.inc
