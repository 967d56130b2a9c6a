/* SPDX-License-Identifier: Apache-2.0 */
/* Tiles of four bits drawn into a frame buffer of 16 bits a pixel, for machines that have nothing else: CON_FRAME is its first
 * pixel, CON_FRAME_STRIDE the pixels from one line to the next, CON_FRAME_SCALE how wide and high a tile's pixel is. For places.c, whose
 * con_place_show() is the machine's. */
#include "console.h"

#ifndef CON_FRAME_SCALE
#define CON_FRAME_SCALE 1
#endif
#define PIXELS ((volatile uint16_t *)CON_FRAME)

enum { TILES = 128 };

static uint8_t tiles[TILES][CON_TILE_BYTES];
static uint16_t colours[CON_COLOURS];

void con_places_init(void);

void con_place_draw(uint8_t column, uint8_t row, uint8_t place)
{
    enum { SIDE = 8 * CON_FRAME_SCALE };
    volatile uint16_t *line = PIXELS + (uint32_t)row * SIDE * CON_FRAME_STRIDE + column * SIDE;
    const uint8_t *tile = tiles[place % TILES];
    uint8_t x, y, pair;

    for (y = 0; y < SIDE; y++, line += CON_FRAME_STRIDE)
        for (x = 0; x < SIDE; x++) {
            pair = tile[y / CON_FRAME_SCALE * 4 + x / CON_FRAME_SCALE / 2];
            line[x] = colours[x / CON_FRAME_SCALE & 1 ? pair >> 4 : pair & 15];
        }
}

void con_frame_init(void)
{
    uint8_t i;

    for (i = 0; i < CON_TILE_BYTES; i++)
        tiles[0][i] = 0;
    con_places_init();
}

void con_tiles(uint8_t first, uint8_t count, const uint8_t *data)
{
    uint8_t i;

    for (; count && first < TILES; count--, first++)
        for (i = 0; i < CON_TILE_BYTES; i++)
            tiles[first][i] = *data++;
}

void con_palette(const uint8_t *data)
{
    uint8_t i;

    for (i = 0; i < CON_COLOURS; i++)
        colours[i] = data[2 * i] | data[2 * i + 1] << 8;
}
