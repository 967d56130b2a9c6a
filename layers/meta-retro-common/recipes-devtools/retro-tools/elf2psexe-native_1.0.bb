# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Makes a PS-X EXE of an ELF file"
RETRO_TOOLS = "elf2psexe=psexe"
RETRO_MODULES = "elf"
RETRO_TESTS = "elf_file.py test_elf2psexe.py"

require retro-tools.inc
