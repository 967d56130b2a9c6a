/* SPDX-License-Identifier: Apache-2.0 */
/* The game on a console: the rules' drawing and events, as screen and sound. */
#include "console.h"
#include "core/game.h"
#include "tiles.h"
#if CON_HAS_SAMPLE
#include "sounds.h"
#endif

enum { LEFT = (CON_COLUMNS - GAME_COLUMNS) / 2, TOP = (CON_ROWS - GAME_ROWS) / 2 };

void game_clear(void)
{
    con_screen(0);
    con_clear(TILE_EMPTY);
}

void game_draw(uint8_t column, uint8_t row, uint8_t tile)
{
    con_put((uint8_t)(LEFT + column), (uint8_t)(TOP + row), tile);
}

void game_show(void)
{
    con_screen(1);
}

static void let_hear(uint8_t events)
{
#if CON_HAS_SAMPLE
    if (events & EVENT_GEM)
        con_sample(gem, GEM_BYTES);
    else if (events & EVENT_STAR)
        con_sample(star, STAR_BYTES);
#else
    if (events & EVENT_GEM)
        con_tone(41, 10);
    else if (events & EVENT_STAR)
        con_tone(36, 5);
#endif
    if (events & EVENT_HURT)
        con_tone(5, 14);
    else if (events & EVENT_LEVEL)
        con_tone(45, 20);
    else if (events & EVENT_START)
        con_tone(29, 8);
}

/* The demo is the same everywhere: its hash says whether this console plays by the rules. */
static void tell_hash(void)
{
    static char line[] = "HASH ----\n";
    uint16_t hash = game_hash;
    uint8_t i;

    for (i = 9; i-- > 5; hash >>= 4)
        line[i] = "0123456789abcdef"[hash & 15];
    con_print(line);
}

int main(void)
{
    con_init();
    con_tiles(0, TILES_COUNT, tiles);
    con_palette(tiles_palette);
    game_begin();
    for (;;) {
        con_wait();
        game_step(con_pad());
        if (game_events)
            let_hear(game_events);
        if (game_events & EVENT_DEMO_DONE)
            tell_hash();
    }
    return 0;
}
