/* SPDX-License-Identifier: Apache-2.0 */
/* 600 frames of the demo without waiting for any, then what came out: as text, and as a picture of three bars. */
#include "console.h"
#include "core/game.h"
#include "tiles.h"

enum { BAR_WIDTH = CON_COLUMNS / 3, BARS_TOP = 3, BARS_BOTTOM = CON_ROWS - 3 };

/* 0, or the number of the first sum that is wrong. */
uint8_t arithmetic_check(void);

void game_clear(void) {}
void game_draw(uint8_t column, uint8_t row, uint8_t tile)
{
    (void)column, (void)row, (void)tile;
}
void game_show(void) {}

static void show(uint8_t column, const char *text)
{
    for (; *text; text++, column++) {
        if (*text >= '0' && *text <= '9')
            con_put(column, 1, (uint8_t)(TILE_DIGIT + (*text - '0')));
        else if (*text >= 'a' && *text <= 'z')
            con_put(column, 1, (uint8_t)(TILE_LETTER + (*text - 'a')));
        else if (*text >= 'A' && *text <= 'Z')
            con_put(column, 1, (uint8_t)(TILE_LETTER + (*text - 'A')));
    }
}

int main(void)
{
    static char hash_line[] = "HASH ----\n";
    static char math_line[] = "MATH -- 0\n";
    uint16_t hash;
    uint8_t i, row, wrong;

    con_init();
    con_tiles(0, TILES_COUNT, tiles);
    con_palette(tiles_palette);
    game_run_demo();
    for (hash = game_hash, i = 9; i-- > 5; hash >>= 4)
        hash_line[i] = "0123456789abcdef"[hash & 15];
    con_print(hash_line);
    show(1, hash_line);
#if CON_HAS_MATH
    wrong = arithmetic_check();
    math_line[5] = wrong ? 'N' : 'O';
    math_line[6] = wrong ? 'O' : 'K';
    math_line[8] = (char)('0' + wrong);
    con_print(math_line);
    show(11, math_line);
#else
    (void)math_line, (void)wrong;
#endif
    for (row = BARS_TOP; row < BARS_BOTTOM; row++)
        for (i = 0; i < 3 * BAR_WIDTH; i++)
            con_put(i, row, (uint8_t)(TILE_SOLID + i / BAR_WIDTH));
    con_screen(1);
    for (;;)
        con_wait();
    return 0;
}
