/* SPDX-License-Identifier: Apache-2.0 */
/* The screen, 640 by 480 of 16 bits: on a VGA cable line by line, else as a television's two fields. */
#include "console.h"

#define IO16(address) (*(volatile uint16_t *)(address))
#define IO32(address) (*(volatile uint32_t *)(address))
#define PVR(offset) IO32(0xa05f8000 + (offset))
#define PORT_DIRECTION IO32(0xff80002c)
#define PORT IO16(0xff800030)

enum { BORDER = 0x40, FRAME_CONTROL = 0x44, FIELD_1 = 0x50, FIELD_2 = 0x54, FRAME_SIZE = 0x5c, SYNC_CONTROL = 0xd0, HBLANK = 0xd4, LOAD = 0xd8,
       VBLANK = 0xdc, SYNC_WIDTH = 0xe0, VIDEO_CONTROL = 0xe8, START_X = 0xec, START_Y = 0xf0, SYNC_STATUS = 0x10c };
enum { SHOWN = 1, RGB565 = 1 << 2, VGA_CLOCK = 1 << 23, DARK = 1 << 3, SCAN_LINE = 0x3ff, PAUSE = 500, PATIENCE = 10000 };
enum { WORDS = 640 / 2, LINES = 480 };

static uint16_t frames;
static uint32_t frame_control, video_control;

void con_frame_init(void);
void con_messages_init(void);
void con_pad_init(void);
void con_sound_init(void);
void con_sound_frame(void);

/* Pins 8 and 9 of port A tell the cable: both low for VGA. All pins are inputs, as after a reset. */
static uint8_t is_vga(void)
{
    PORT_DIRECTION = 0x000a0000;
    return !(PORT >> 8 & 3);
}

void con_init(void)
{
    uint8_t vga = is_vga();

    frame_control = RGB565 | (vga ? VGA_CLOCK : 0);
    video_control = 0x00160000;
    PVR(VIDEO_CONTROL) = video_control | DARK;
    PVR(FRAME_CONTROL) = frame_control;
    PVR(BORDER) = 0;
    PVR(FIELD_1) = 0;
    PVR(FIELD_2) = vga ? 0 : WORDS * 4;
    /* Words of a line - 1, lines of a field - 1, and the words from the end of a line to the next one + 1. */
    PVR(FRAME_SIZE) = (WORDS - 1) | ((vga ? LINES : LINES / 2) - 1) << 10 | (vga ? 1 : WORDS + 1) << 20;
    PVR(SYNC_CONTROL) = vga ? 0x100 : 0x150;
    PVR(LOAD) = 0x020c0359;
    PVR(HBLANK) = 0x007e0345;
    PVR(VBLANK) = vga ? 0x00280208 : 0x00240204;
    PVR(SYNC_WIDTH) = vga ? 0x03f1933f : 0x07d6c63f;
    PVR(START_X) = vga ? 0xa8 : 0xa4;
    PVR(START_Y) = vga ? 0x00280028 : 0x00120011;
    con_messages_init();
    con_frame_init();
    con_pad_init();
    con_sound_init();
    frames = 0;
}

/* framebuffer.c asks for this when what is in video memory may be seen, or may not. */
void con_place_show(uint8_t shown)
{
    PVR(FRAME_CONTROL) = frame_control | (shown ? SHOWN : 0);
    PVR(VIDEO_CONTROL) = video_control | (shown ? 0 : DARK);
}

/* Some microseconds in which the bus is left to others. */
static void pause(void)
{
    uint32_t left = PAUSE;

    __asm__ volatile("1: dt %0\n    bf 1b" : "+r"(left) : : "t");
}

void con_wait(void)
{
    uint32_t last = 0, now;
    int left;

    /* A field ends where the number of the line falls. Where no screen runs the game goes on all the same. */
    for (left = PATIENCE; left; left--, last = now) {
        now = PVR(SYNC_STATUS) & SCAN_LINE;
        if (now < last)
            break;
        pause();
    }
    frames++;
    con_sound_frame();
}

uint16_t con_frames(void)
{
    return frames;
}
