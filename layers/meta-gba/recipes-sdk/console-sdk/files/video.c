/* SPDX-License-Identifier: Apache-2.0 */
/* The screen, frames and the pad: background 0 in mode 0, tiles from the start of video memory, the map in its last block. */
#include "console.h"

#define IO16(address) (*(volatile uint16_t *)(address))
#define DISPCNT IO16(0x04000000)
#define VCOUNT IO16(0x04000006)
#define BG0CNT IO16(0x04000008)
#define KEYINPUT IO16(0x04000130)
#define PALETTE ((volatile uint16_t *)0x05000000)
#define TILES ((volatile uint16_t *)0x06000000)
#define MAP ((volatile uint16_t *)0x0600f800)
#define MAP_WIDTH 32

enum { FORCED_BLANK = 0x80, SHOW_BG0 = 0x100, MAP_BLOCK_31 = 31 << 8, FIRST_BLANK_LINE = 160 };

static uint16_t frames;

void con_sound_frame(void);
void con_sound_init(void);

void con_init(void)
{
    uint16_t i;

    con_screen(0);
    BG0CNT = MAP_BLOCK_31;
    for (i = 0; i < CON_TILE_BYTES / 2; i++)
        TILES[i] = 0;
    con_clear(0);
    con_sound_init();
    frames = 0;
}

void con_screen(uint8_t shown)
{
    DISPCNT = shown ? SHOW_BG0 : FORCED_BLANK;
}

void con_tiles(uint8_t first, uint8_t count, const uint8_t *data)
{
    volatile uint16_t *to = TILES + first * (CON_TILE_BYTES / 2);
    uint16_t halves = count * (CON_TILE_BYTES / 2);

    /* Video memory takes no bytes. */
    while (halves--) {
        *to++ = data[0] | data[1] << 8;
        data += 2;
    }
}

void con_palette(const uint8_t *data)
{
    uint8_t i;

    for (i = 0; i < CON_COLOURS; i++)
        PALETTE[i] = data[2 * i] | data[2 * i + 1] << 8;
}

void con_clear(uint8_t tile)
{
    uint16_t i;

    for (i = 0; i < MAP_WIDTH * 32; i++)
        MAP[i] = tile;
}

void con_put(uint8_t column, uint8_t row, uint8_t tile)
{
    MAP[row * MAP_WIDTH + column] = tile;
}

uint8_t con_pad(void)
{
    /* Hardware: A, B, select, start, right, left, up, down from bit 0 on; 0 is down. */
    static const uint8_t names[8] = {CON_A, CON_B, CON_SELECT, CON_START, CON_RIGHT, CON_LEFT, CON_UP, CON_DOWN};
    uint16_t keys = KEYINPUT;
    uint8_t i, out = 0;

    for (i = 0; i < 8; i++)
        if (!(keys >> i & 1))
            out |= names[i];
    return out;
}

void con_wait(void)
{
    while (VCOUNT >= FIRST_BLANK_LINE) {
    }
    while (VCOUNT < FIRST_BLANK_LINE) {
    }
    frames++;
    con_sound_frame();
}

uint16_t con_frames(void)
{
    return frames;
}
