# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Makes a PRX of an ELF file"
RETRO_TOOLS = "prxgen=prx"
RETRO_MODULES = "elf"
RETRO_TESTS = "elf_file.py test_prxgen.py"

require retro-tools.inc
