/* SPDX-License-Identifier: Apache-2.0 */
/* The game's rules on the host: the demo's hash, which every console must come to. */
#include <stdio.h>
#include "core/game.h"

static int drawn_outside;

void game_clear(void) {}
void game_draw(uint8_t column, uint8_t row, uint8_t tile)
{
    if (column >= GAME_COLUMNS || row >= GAME_ROWS || tile >= TILE_COUNT)
        drawn_outside++;
}
void game_show(void) {}

int main(void)
{
    unsigned frame;

    game_run_demo();
    printf("HASH %04x score %u\n", game_hash, game_score);
    game_begin();
    for (frame = 0; frame < 20000; frame++)
        game_step((uint8_t)(frame * 37 >> 3));
    printf("drawn outside %d\n", drawn_outside);
    return drawn_outside != 0;
}
