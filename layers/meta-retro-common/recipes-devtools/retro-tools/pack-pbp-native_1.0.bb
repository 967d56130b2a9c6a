# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Packs and checks an EBOOT.PBP"
RETRO_TOOLS = "pack-pbp=pbp"
RETRO_MODULES = "elf prx sfo"
RETRO_TESTS = "elf_file.py test_prxgen.py test_pack_pbp.py"

require retro-tools.inc
