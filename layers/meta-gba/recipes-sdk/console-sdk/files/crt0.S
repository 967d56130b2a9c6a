/* SPDX-License-Identifier: Apache-2.0 */
/* A cartridge begins with a branch over its header, which gbafix fills in. RAM is made ready, then main() runs. */
    .section .start, "ax"
    .arm
    .global _start
_start:
    b       begin
    .space  0xbc

begin:
    mov     r0, #0x12           /* interrupt mode has a stack of its own */
    msr     cpsr_c, r0
    ldr     sp, =__stack_irq
    mov     r0, #0x1f           /* system mode */
    msr     cpsr_c, r0
    ldr     sp, =__stack
    ldr     r0, =0x04000208     /* no interrupt is taken */
    mov     r1, #0
    str     r1, [r0]

    ldr     r0, =__data_start
    ldr     r1, =__data_end
    ldr     r2, =__data_load
1:  cmp     r0, r1
    ldrlo   r3, [r2], #4
    strlo   r3, [r0], #4
    blo     1b

    mov     r3, #0
    ldr     r0, =__bss_start
    ldr     r1, =__bss_end
2:  cmp     r0, r1
    strlo   r3, [r0], #4
    blo     2b
    ldr     r0, =__ewram_start
    ldr     r1, =__ewram_end
3:  cmp     r0, r1
    strlo   r3, [r0], #4
    blo     3b

    ldr     r0, =main
    mov     lr, pc
    bx      r0
4:  b       4b
    .pool
