/* SPDX-License-Identifier: Apache-2.0 */
/* Starfall: stars fall, a basket catches them. The rules, for every console and for the host that tests them.
 *
 * The same seed and the same keys give the same game everywhere: integers of a stated width only, and an int may have 16
 * bits. game_hash sums up every step that was taken and everything that was drawn. */
#ifndef GAME_H
#define GAME_H

#include <stdint.h>

enum { GAME_COLUMNS = 20, GAME_ROWS = 18, GAME_SEED = 0x1d1a, GAME_DEMO_FRAMES = 600 };

/* Keys: the values of CON_LEFT, CON_RIGHT and CON_START. */
enum { KEY_LEFT = 0x04, KEY_RIGHT = 0x08, KEY_START = 0x40 };

/* What can be seen; the order of the tiles in tiles-*.png. */
enum {
    TILE_EMPTY = 0,
    TILE_DIGIT = 1,     /* 0 to 9 */
    TILE_LETTER = 11,   /* A to Z */
    TILE_STAR = 37,
    TILE_GEM,
    TILE_ROCK,
    TILE_BASKET,        /* left, middle, right */
    TILE_HEART = 43,
    TILE_GRASS,
    TILE_EARTH,
    TILE_DOT,
    TILE_TWINKLE,
    TILE_SOLID = 48,    /* the colours 1, 2 and 3 */
    TILE_LOGO = 64,     /* 16 by 2 */
    TILE_COUNT = 96
};

/* What happened in a step, for the front end to let it be heard. */
enum { EVENT_STAR = 1, EVENT_GEM = 2, EVENT_HURT = 4, EVENT_LEVEL = 8, EVENT_START = 16, EVENT_DEMO_DONE = 32 };

extern uint16_t game_hash;
extern uint16_t game_score;
extern uint8_t game_events;

/* The title is shown. */
void game_begin(void);

/* A round begins; `demo` is 1 when the game plays by itself. */
void game_start(uint16_t seed, uint8_t demo);

/* One frame, with the keys that are down. */
void game_step(uint8_t keys);

/* The demo from its start to its end, without a title; game_hash is its result then. */
void game_run_demo(void);

/* What a front end gives. */
void game_clear(void);
void game_draw(uint8_t column, uint8_t row, uint8_t tile);
void game_show(void);

#endif
