# SPDX-License-Identifier: Apache-2.0
import struct

from retrotools import elfcheck
from tests.elf_file import elf_file
from tests.support import ToolTest

LW_V0, LW_V1 = 0x8FA20000, 0x8FA30000       # lw $2, 0($29)
ADDU, NOP, JR = 0x00431021, 0, 0x03E00008   # addu $2, $2, $3
BEQ_BACK, B = 0x10A0FFFD, 0x10000002
LWL, LWR = 0x88A20003, 0x98A20000           # lwl $2, 3($5)
MFC2 = 0x48020000                           # mfc2 $2, $0


class Elfcheck(ToolTest):
    def code(self, *words, **keywords):
        text = struct.pack("<%dI" % len(words), *words)
        return self.write("a.elf", elf_file([(".text", 1, 6, 0x80010000, text)], **keywords))

    def test_a_read_in_the_load_delay_is_found(self):
        self.fails("1 instructions read a register in its load delay, the first at 80010004", elfcheck, self.code(LW_V0, ADDU), "--load-delay")
        self.fails("the first at 80010008", elfcheck, self.code(NOP, MFC2, ADDU), "--load-delay")
        self.runs(elfcheck, self.code(LW_V0, NOP, ADDU), "--load-delay")
        self.runs(elfcheck, self.code(LW_V0, LW_V1, NOP, ADDU), "--load-delay")

    def test_a_load_after_a_jump_counts_where_the_jump_goes(self):
        self.fails("at 80010000", elfcheck, self.code(ADDU, NOP, BEQ_BACK, LW_V0, NOP), "--load-delay")
        self.fails("at 80010008", elfcheck, self.code(BEQ_BACK, LW_V0, ADDU), "--load-delay")
        self.runs(elfcheck, self.code(B, LW_V0, ADDU, NOP), "--load-delay")
        self.runs(elfcheck, self.code(JR, LW_V0, ADDU), "--load-delay")

    def test_lwl_and_lwr_finish_each_others_work(self):
        self.runs(elfcheck, self.code(LWL, LWR, NOP, ADDU), "--load-delay")
        self.fails("load delay", elfcheck, self.code(LWL, LWR, ADDU), "--load-delay")

    def test_flags_of_another_cpu_are_told_in_words(self):
        self.runs(elfcheck, self.code(NOP), "--flags", "0x1001")
        self.fails("10003001 (eabi32 mips2 noreorder), not 00001001", elfcheck, self.code(NOP, flags=0x10003001), "--flags", "0x1001")
        self.fails("is for SuperH", elfcheck, self.code(NOP, machine=42), "--flags", "9")
        self.fails("e_flags are 00000000, not 00000009", elfcheck, self.code(NOP, machine=42, flags=0), "--machine", "sh", "--flags", "9")
