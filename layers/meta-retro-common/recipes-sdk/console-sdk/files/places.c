/* SPDX-License-Identifier: Apache-2.0 */
/* The screen's places, for machines that draw each by itself. While the screen is dark places are only noted: tiles and colours may
 * still change. The machine gives con_place_draw() and con_place_show(), and calls con_places_init(). */
#include "console.h"

static uint8_t places[CON_ROWS][CON_COLUMNS], is_shown;

/* A place shows this tile now. */
void con_place_draw(uint8_t column, uint8_t row, uint8_t tile);
/* What has been drawn may be seen, or may not. */
void con_place_show(uint8_t shown);

void con_places_init(void)
{
    con_clear(0);
    con_screen(0);
}

void con_screen(uint8_t shown)
{
    uint8_t column, row;

    if (shown)
        for (row = 0; row < CON_ROWS; row++)
            for (column = 0; column < CON_COLUMNS; column++)
                con_place_draw(column, row, places[row][column]);
    is_shown = shown;
    con_place_show(shown);
}

void con_clear(uint8_t tile)
{
    uint8_t column, row;

    for (row = 0; row < CON_ROWS; row++)
        for (column = 0; column < CON_COLUMNS; column++)
            places[row][column] = tile;
}

void con_put(uint8_t column, uint8_t row, uint8_t tile)
{
    places[row][column] = tile;
    if (is_shown)
        con_place_draw(column, row, tile);
}
