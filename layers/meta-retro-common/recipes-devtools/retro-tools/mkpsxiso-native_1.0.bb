# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Makes PlayStation disc images, and puts a user's licence file into them"
RETRO_TOOLS = "mkpsxiso=mkpsxiso psxlicense=psxlicense"
RETRO_MODULES = "iso9660 isocheck psxproject sector"
RETRO_TESTS = "test_mkpsxiso.py"
PROVIDES += "psxlicense-native"

require retro-tools.inc
