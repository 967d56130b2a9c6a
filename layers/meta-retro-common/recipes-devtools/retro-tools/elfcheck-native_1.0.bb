# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Checks an ELF file's flags and the R3000's load delays"
RETRO_TOOLS = "elfcheck=elfcheck"
RETRO_MODULES = "elf"
RETRO_TESTS = "elf_file.py test_elfcheck.py"

require retro-tools.inc
