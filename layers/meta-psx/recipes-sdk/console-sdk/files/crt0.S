/* SPDX-License-Identifier: Apache-2.0 */
/* The BIOS has loaded the program; no interrupt is taken from here on, the program asks the hardware itself. */
    .section .start, "ax"
    .set noreorder
    .globl _start
    .type _start, @function
_start:
    mtc0    $0, $12             /* status: no interrupts, no cache isolation */
    lui     $8, 0x1f80
    sw      $0, 0x1074($8)      /* none is asked for either */
    la      $29, __stack
    la      $28, _gp
    la      $8, __bss_start
    la      $9, __bss_end
1:  beq     $8, $9, 2f
    nop
    sw      $0, 0($8)
    b       1b
    addiu   $8, $8, 4
2:  jal     main
    addiu   $29, $29, -16       /* room for a callee to keep its arguments */
3:  b       3b
    nop

    .section .note.GNU-stack, "", @progbits
