/* SPDX-License-Identifier: Apache-2.0 */
/* Where the processor begins. The stack keeps clear of IP.BIN, which is read to 8C008000..8C00FFFF. */
    .section .start, "ax"
    .balign 4
    .globl _start
_start:
    mov.l   stack, r15
    mov.l   enter, r0
    jsr     @r0
    nop
1:  bra     1b
    nop
    .balign 4
stack:  .long 0x8cf00000
enter:  .long boot

    .section .note.GNU-stack, "", @progbits
