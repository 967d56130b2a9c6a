/* SPDX-License-Identifier: Apache-2.0 */
/* The background: tiles in the cartridge's RAM, the first map. While the screen is shown the PPU takes changes in the blank only:
 * con_put() notes them, and the blank that con_wait() waits for sends them (crt0.s). */
#include "console.h"

#define IO(address) (*(volatile uint8_t *)(address))
#define PPUCTRL IO(0x2000)
#define PPUMASK IO(0x2001)
#define PPUSTATUS IO(0x2002)
#define PPUSCROLL IO(0x2005)
#define PPUADDR IO(0x2006)
#define PPUDATA IO(0x2007)
#define PAD IO(0x4016)

enum { BLANK_INTERRUPT = 0x80, BACKGROUND = 0x0a, QUEUE = 32, MAP = 0x2000, COLOURS = 0x3f00 };

extern uint8_t con_queue_high[], con_queue_low[], con_queue_tile[];
extern volatile uint16_t con_frame_count;
extern uint8_t con_queue_length;
extern volatile uint8_t con_waits;
extern uint8_t con_control;
#pragma zpsym("con_queue_length")
#pragma zpsym("con_waits")
#pragma zpsym("con_control")

static uint8_t is_shown;

void con_sound_init(void);
void con_sound_frame(void);

static void go_to(uint16_t address)
{
    PPUADDR = (uint8_t)(address >> 8);
    PPUADDR = (uint8_t)address;
}

static void fill(uint16_t address, uint16_t bytes, uint8_t value)
{
    go_to(address);
    while (bytes--)
        PPUDATA = value;
}

void con_init(void)
{
    is_shown = 1;
    con_screen(0);
    fill(0, CON_TILE_BYTES, 0);
    con_clear(0);
    con_sound_init();
    con_frame_count = 0;
}

void con_screen(uint8_t shown)
{
    if (shown == is_shown)
        return;
    is_shown = shown;
    if (!shown) {
        con_queue_length = 0;
        con_control = 0;
        PPUCTRL = 0;
        PPUMASK = 0;
        return;
    }
    /* Only from the beginning of a blank is there a whole picture. */
    while (PPUSTATUS & 0x80) {
    }
    while (!(PPUSTATUS & 0x80)) {
    }
    PPUSCROLL = 0;
    PPUSCROLL = 0;
    con_control = BLANK_INTERRUPT;
    PPUCTRL = BLANK_INTERRUPT;
    PPUMASK = BACKGROUND;
}

void con_tiles(uint8_t first, uint8_t count, const uint8_t *data)
{
    uint16_t bytes = (uint16_t)count * CON_TILE_BYTES;

    go_to((uint16_t)first * CON_TILE_BYTES);
    while (bytes--)
        PPUDATA = *data++;
}

void con_palette(const uint8_t *data)
{
    uint8_t i;

    go_to(COLOURS);
    for (i = 0; i < 16; i++)
        PPUDATA = data[i & 3];
}

void con_clear(uint8_t tile)
{
    fill(MAP, 960, tile);
    /* What follows the map says which palette: the first everywhere. */
    fill(MAP + 960, 64, 0);
}

void con_put(uint8_t column, uint8_t row, uint8_t tile)
{
    uint16_t place = MAP + ((uint16_t)row << 5) + column;

    if (!is_shown) {
        go_to(place);
        PPUDATA = tile;
        return;
    }
    if (con_queue_length == QUEUE)
        con_wait();
    con_queue_high[con_queue_length] = (uint8_t)(place >> 8);
    con_queue_low[con_queue_length] = (uint8_t)place;
    con_queue_tile[con_queue_length] = tile;
    con_queue_length++;
}

void con_wait(void)
{
    con_sound_frame();
    if (!is_shown) {
        while (PPUSTATUS & 0x80) {
        }
        while (!(PPUSTATUS & 0x80)) {
        }
        con_frame_count++;
        return;
    }
    con_waits = 1;
    while (con_waits) {
    }
}

uint16_t con_frames(void)
{
    return con_frame_count;
}

uint8_t con_pad(void)
{
    /* A, B, select, start, up, down, left, right come one after the other. */
    static const uint8_t names[8] = {CON_A, CON_B, CON_SELECT, CON_START, CON_UP, CON_DOWN, CON_LEFT, CON_RIGHT};
    uint8_t i, out = 0;

    PAD = 1;
    PAD = 0;
    for (i = 0; i < 8; i++)
        if (PAD & 3)
            out |= names[i];
    return out;
}
