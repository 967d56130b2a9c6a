# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Makes a PARAM.SFO"
RETRO_TOOLS = "mksfoex=sfo"

require retro-tools.inc
