/* SPDX-License-Identifier: Apache-2.0 */
/* The background: tiles from 8000, the map at 9800. What is drawn goes to video memory at once, in the moments when the
 * hardware lets the processor at it. */
#include "console.h"

#define IO(address) (*(volatile uint8_t *)(address))
#define LCDC IO(0xff40)
#define STAT IO(0xff41)
#define SCY IO(0xff42)
#define SCX IO(0xff43)
#define LY IO(0xff44)
#define BGP IO(0xff47)
#define IE IO(0xffff)
#define VBK IO(0xff4f)
#define BCPS IO(0xff68)
#define BCPD IO(0xff69)
#define TILES ((uint8_t *)0x8000)
#define MAP ((uint8_t *)0x9800)

enum { SHOWN = 0x91, DARK = 0x11, ON = 0x80, BUSY = 0x02, FIRST_BLANK_LINE = 144, MAP_WIDTH = 32 };

extern uint8_t con_in_colour;
static uint16_t frames;

void con_sound_init(void);
void con_sound_frame(void);

static void fill(uint8_t *to, uint16_t bytes, uint8_t value)
{
    while (bytes--)
        *to++ = value;
}

void con_init(void)
{
    IE = 0;
    con_screen(0);
    SCX = SCY = 0;
    if (con_in_colour) {
        VBK = 1;
        fill(MAP, 0x400, 0);
        VBK = 0;
    }
    fill(TILES, CON_TILE_BYTES, 0);
    con_clear(0);
    con_sound_init();
}

void con_screen(uint8_t shown)
{
    if (shown) {
        LCDC = SHOWN;
        return;
    }
    /* A screen that is switched off in the middle of a picture may be damaged. */
    if (LCDC & ON)
        while (LY != FIRST_BLANK_LINE) {
        }
    LCDC = DARK;
}

void con_tiles(uint8_t first, uint8_t count, const uint8_t *data)
{
    uint8_t *to = TILES + (uint16_t)first * CON_TILE_BYTES;
    uint16_t bytes = (uint16_t)count * CON_TILE_BYTES;

    while (bytes--)
        *to++ = *data++;
}

/* One of four shades for a colour of five bits a channel: 3 is the darkest. */
static uint8_t shade(uint8_t low, uint8_t high)
{
    uint8_t red = low & 31, green = (uint8_t)((low >> 5) | (high & 3) << 3), blue = (high >> 2) & 31;

    return (uint8_t)(3 - (uint8_t)(red + green + blue) / 24);
}

void con_palette(const uint8_t *data)
{
    uint8_t i, shades = 0;

    BCPS = 0x80;
    for (i = 0; i < 2 * CON_COLOURS; i++)
        BCPD = data[i];
    for (i = CON_COLOURS; i--;)
        shades = (uint8_t)(shades << 2 | shade(data[2 * i], data[2 * i + 1]));
    BGP = shades;
}

void con_clear(uint8_t tile)
{
    fill(MAP, 0x400, tile);
}

void con_put(uint8_t column, uint8_t row, uint8_t tile)
{
    uint8_t *place = MAP + (uint16_t)row * MAP_WIDTH + column;

    /* After the wait there is time for at least a search through the sprites, 80 clocks. */
    while (LCDC & ON && STAT & BUSY) {
    }
    *place = tile;
}

void con_wait(void)
{
    if (LCDC & ON) {
        while (LY == FIRST_BLANK_LINE) {
        }
        while (LY != FIRST_BLANK_LINE) {
        }
    }
    frames++;
    con_sound_frame();
}

uint16_t con_frames(void)
{
    return frames;
}
