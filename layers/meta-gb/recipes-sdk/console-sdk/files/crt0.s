; SPDX-License-Identifier: Apache-2.0
; Vectors, the cartridge's entry, RAM made ready, then main(). gbfix fills the header in, from 0104 to 014f.
    .module crt0
    .globl _main
    .globl _con_in_colour
    .globl s__INITIALIZER
    .globl s__INITIALIZED
    .globl l__INITIALIZER

    .area _HEADER (ABS)
    .org 0x40
    reti
    .org 0x48
    reti
    .org 0x50
    reti
    .org 0x58
    reti
    .org 0x60
    reti

    .org 0x100
    nop
    jp begin

    .org 0x150
begin:
    di
    ld sp, #0xe000
    push af                 ; A is 11 on a Game Boy Color

    ld hl, #0xc000          ; all RAM is zero but for the stack
    ld bc, #0x1f00
1$:
    xor a
    ld (hl+), a
    dec bc
    ld a, b
    or c
    jr nz, 1$

    ld de, #s__INITIALIZER
    ld hl, #s__INITIALIZED
    ld bc, #l__INITIALIZER
2$:
    ld a, b
    or c
    jr z, 3$
    ld a, (de)
    ld (hl+), a
    inc de
    dec bc
    jr 2$
3$:
    pop af
    cp #0x11
    jr nz, 4$
    ld a, #1
    ld (_con_in_colour), a
4$:
    call initialise
    call _main
5$:
    jr 5$

    ; In this order in memory.
    .area _HOME
    .area _CODE
    .area _RODATA
    .area _INITIALIZER
    .area _GSINIT
    .area _GSFINAL
    .area _DATA
    .area _INITIALIZED
    .area _BSEG
    .area _BSS

    ; The compiler adds what gives arrays their values; the linker puts it all between these two.
    .area _GSINIT
initialise:
    .area _GSFINAL
    ret

    .area _DATA
_con_in_colour::
    .ds 1
