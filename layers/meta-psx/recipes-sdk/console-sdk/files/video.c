/* SPDX-License-Identifier: Apache-2.0 */
/* The screen is 320 by 240 at the start of video memory. Tiles are a texture page beside it, 32 in a row; each place is drawn as a
 * sprite when it changes, so the GPU has work for the changes alone. For places.c. */
#include "console.h"

#define GP0 (*(volatile uint32_t *)0x1f801810)
#define GP1 (*(volatile uint32_t *)0x1f801814)
#define I_STAT (*(volatile uint32_t *)0x1f801070)

enum { WIDTH = CON_COLUMNS * 8, HEIGHT = CON_ROWS * 8, PAGE_X = 640, PAGE_Y = 0, PALETTE_X = 640, PALETTE_Y = 256, TILES_IN_ROW = 32 };
enum { READY = 1 << 26, VBLANK = 1, OPAQUE_BLACK = 0x8000 };

static uint16_t frames;

void con_places_init(void);
void con_pad_init(void);
void con_sound_init(void);
void con_sound_frame(void);

static void command(uint32_t word)
{
    while (!(GP1 & READY)) {
    }
    GP0 = word;
}

static void begin_copy(int x, int y, int width, int height)
{
    command(0xa0000000);
    GP0 = (uint32_t)y << 16 | x;
    GP0 = (uint32_t)height << 16 | width;
}

void con_init(void)
{
    static const uint8_t empty[CON_TILE_BYTES];

    GP1 = 0;                                        /* reset; the screen is dark */
    GP1 = 0x08000001;                               /* 320 by 240, NTSC, 15 bits */
    GP1 = 0x05000000;                               /* shown from 0,0 on */
    GP1 = 0x06000000 | (0x260 + WIDTH * 8) << 12 | 0x260;
    GP1 = 0x07000000 | (0x10 + HEIGHT) << 10 | 0x10;
    GP1 = 0x04000000;                               /* no DMA */
    command(0xe1000000 | 1 << 10 | PAGE_X / 64);    /* texture page, 4 bits a pixel; draws into what is shown */
    command(0xe2000000);
    command(0xe3000000);
    command(0xe4000000 | (HEIGHT - 1) << 10 | (WIDTH - 1));
    command(0xe5000000);
    command(0xe6000000);
    con_tiles(0, 1, empty);
    con_places_init();
    con_pad_init();
    con_sound_init();
    frames = 0;
}

void con_place_draw(uint8_t column, uint8_t row, uint8_t tile)
{
    command(0x75808080);
    GP0 = (uint32_t)row << 19 | column << 3;
    GP0 = (uint32_t)(PALETTE_Y << 6 | PALETTE_X / 16) << 16 | (uint32_t)(PAGE_Y + tile / TILES_IN_ROW * 8) << 8 | (tile % TILES_IN_ROW * 8);
}

void con_place_show(uint8_t shown)
{
    GP1 = 0x03000000 | !shown;
}

void con_tiles(uint8_t first, uint8_t count, const uint8_t *data)
{
    uint8_t row;

    for (; count--; first++) {
        begin_copy(PAGE_X + first % TILES_IN_ROW * 2, PAGE_Y + first / TILES_IN_ROW * 8, 2, 8);
        for (row = 0; row < 8; row++, data += 4)
            GP0 = data[0] | data[1] << 8 | data[2] << 16 | (uint32_t)data[3] << 24;
    }
}

void con_palette(const uint8_t *data)
{
    uint8_t i, half;
    uint32_t word, colour;

    begin_copy(PALETTE_X, PALETTE_Y, CON_COLOURS, 1);
    for (i = 0; i < CON_COLOURS; i += 2) {
        for (word = 0, half = 0; half < 2; half++, data += 2) {
            colour = data[0] | data[1] << 8;
            /* 0 is no colour for the GPU but a hole in the sprite. */
            word |= (colour ? colour : OPAQUE_BLACK) << 16 * half;
        }
        GP0 = word;
    }
}

void con_wait(void)
{
    I_STAT = ~(uint32_t)VBLANK;
    while (!(I_STAT & VBLANK)) {
    }
    frames++;
    con_sound_frame();
}

uint16_t con_frames(void)
{
    return frames;
}
