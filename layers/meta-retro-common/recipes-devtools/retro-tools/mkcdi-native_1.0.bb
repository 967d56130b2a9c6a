# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Makes a CDI that a Dreamcast boots from a CD"
RETRO_TOOLS = "mkcdi=cdi"
RETRO_MODULES = "dcdisc ipbin iso9660 isocheck scramble sector"

require retro-tools.inc
