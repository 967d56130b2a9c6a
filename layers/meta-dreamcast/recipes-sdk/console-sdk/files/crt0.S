/* SPDX-License-Identifier: Apache-2.0 */
/* The program has been loaded to 8C010000. No interrupt is taken; the floating point unit works in double precision, as the
 * compiler takes for granted. */
    .section .start, "ax"
    .balign 4
    .globl _start
    .type _start, @function
_start:
    mov.l   status, r0
    ldc     r0, sr
    mov.l   double, r0
    lds     r0, fpscr
    mov.l   stack, r15
    mov.l   bss_start, r0
    mov.l   bss_end, r1
    mov     #0, r2
1:  cmp/hs  r1, r0
    bt      2f
    mov.l   r2, @r0
    bra     1b
    add     #4, r0
2:  mov.l   enter, r0
    jsr     @r0
    nop
3:  bra     3b
    nop
    .balign 4
status:     .long 0x400000f0    /* privileged, first bank, all interrupts masked */
double:     .long 0x000c0000    /* FPSCR: PR, and numbers too small to be normal are zero */
stack:      .long __stack
bss_start:  .long __bss_start
bss_end:    .long __bss_end
enter:      .long main

    .section .note.GNU-stack, "", @progbits
