# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Writes stubs for calls of the PSP's system, from their names"
RETRO_TOOLS = "psp-stubgen=nid"
RETRO_TESTS = "test_psp_stubgen.py"

require retro-tools.inc
