; SPDX-License-Identifier: Apache-2.0
; Reset, RAM made ready, then main(); and what happens in every blank: con_wait() lets it send what con_put() noted.
    .import _main, copydata, __STACKSTART__
    .importzp sp
    .export __STARTUP__ : absolute = 1
    .export _con_queue_high, _con_queue_low, _con_queue_tile
    .exportzp _con_queue_length, _con_waits, _con_control
    .export _con_frame_count

PPUCTRL   = $2000
PPUMASK   = $2001
PPUSTATUS = $2002
PPUSCROLL = $2005
PPUADDR   = $2006
PPUDATA   = $2007

QUEUE = 32

    .segment "ZEROPAGE"
_con_queue_length: .res 1
_con_waits:        .res 1
_con_control:      .res 1

    .segment "BSS"
_con_queue_high:   .res QUEUE
_con_queue_low:    .res QUEUE
_con_queue_tile:   .res QUEUE
_con_frame_count:  .res 2

    .segment "STARTUP"
reset:
    sei
    cld
    ldx #$40
    stx $4017           ; no interrupt of the sound's
    ldx #$ff
    txs
    inx
    stx PPUCTRL
    stx PPUMASK
    stx $4010
    bit PPUSTATUS
warm:                   ; the PPU takes two frames to be ready
    bit PPUSTATUS
    bpl warm
    txa
clear:
    sta $0000,x
    sta $0100,x
    sta $0200,x
    sta $0300,x
    sta $0400,x
    sta $0500,x
    sta $0600,x
    sta $0700,x
    inx
    bne clear
warmer:
    bit PPUSTATUS
    bpl warmer
    lda #<__STACKSTART__
    sta sp
    lda #>__STACKSTART__
    sta sp+1
    jsr copydata
    jsr _main
forever:
    jmp forever

blank:
    pha
    txa
    pha
    lda _con_waits
    beq done
    ldx #0
next:
    cpx _con_queue_length
    beq sent
    lda _con_queue_high,x
    sta PPUADDR
    lda _con_queue_low,x
    sta PPUADDR
    lda _con_queue_tile,x
    sta PPUDATA
    inx
    bne next
sent:
    lda #0
    sta _con_queue_length
    sta _con_waits
    sta PPUSCROLL
    sta PPUSCROLL
    lda _con_control
    sta PPUCTRL
done:
    inc _con_frame_count
    bne counted
    inc _con_frame_count+1
counted:
    pla
    tax
    pla
nothing:
    rti

    .segment "VECTORS"
    .word blank, reset, nothing
