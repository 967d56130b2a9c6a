# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Checks that a console can read a disc image"
RETRO_TOOLS = "isocheck=isocheck"
RETRO_MODULES = "iso9660 sector"
RETRO_TESTS = "test_isocheck.py"

require retro-tools.inc
