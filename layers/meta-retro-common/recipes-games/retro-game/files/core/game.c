/* SPDX-License-Identifier: Apache-2.0 */
#include "game.h"

enum { TITLE, PLAYING, OVER };
enum { THINGS = 6, BASKET_ROW = 16, GROUND_ROW = 17, FIRST_ROW = 1, HEARTS = 5, TITLE_FRAMES = 300, OVER_FRAMES = 240 };

/* What falls. Kind 0 is nothing. */
static uint8_t kinds[THINGS], columns[THINGS], rows[THINGS], waits[THINGS], paces[THINGS];

static uint8_t state, demo, basket, basket_wait, hearts, level, caught, spawn_wait, last_keys;
static uint16_t frame, random_state, best;

uint16_t game_hash;
uint16_t game_score;
uint8_t game_events;

static void mix(uint8_t value)
{
    game_hash = (uint16_t)(((uint16_t)(game_hash << 5) | (uint16_t)(game_hash >> 11)) ^ value);
    game_hash = (uint16_t)(game_hash + 0x3d4bu);
}

/* Xorshift with 16 bits: every state but 0 comes once in a round. */
static uint8_t dice(uint8_t sides)
{
    random_state ^= (uint16_t)(random_state << 7);
    random_state ^= (uint16_t)(random_state >> 9);
    random_state ^= (uint16_t)(random_state << 8);
    return (uint8_t)((uint8_t)(random_state >> 4) % sides);
}

static void draw(uint8_t column, uint8_t row, uint8_t tile)
{
    mix((uint8_t)(column ^ (uint8_t)(row << 3) ^ tile));
    game_draw(column, row, tile);
}

static uint8_t backdrop(uint8_t column, uint8_t row)
{
    uint8_t place = (uint8_t)((uint8_t)(column * 7) + (uint8_t)(row * 13));

    place = (uint8_t)(place ^ (uint8_t)(place >> 3));
    if ((place & 31) == 5)
        return TILE_DOT;
    return (place & 63) == 18 ? TILE_TWINKLE : TILE_EMPTY;
}

static void write(uint8_t column, uint8_t row, const char *text)
{
    for (; *text; text++, column++)
        if (*text != ' ')
            draw(column, row, (uint8_t)(*text <= '9' ? TILE_DIGIT + (*text - '0') : TILE_LETTER + (*text - 'A')));
}

static void write_number(uint8_t column, uint8_t row, uint16_t number)
{
    uint8_t i;

    for (i = 5; i--; number /= 10)
        draw((uint8_t)(column + i), row, (uint8_t)(TILE_DIGIT + (uint8_t)(number % 10)));
}

static void draw_sky(void)
{
    uint8_t column, row, tile;

    for (row = FIRST_ROW; row < GROUND_ROW; row++)
        for (column = 0; column < GAME_COLUMNS; column++) {
            tile = backdrop(column, row);
            if (tile != TILE_EMPTY)
                draw(column, row, tile);
        }
    for (column = 0; column < GAME_COLUMNS; column++)
        draw(column, GROUND_ROW, TILE_GRASS);
}

static void draw_hearts(void)
{
    uint8_t i;

    for (i = 0; i < HEARTS; i++)
        draw((uint8_t)(GAME_COLUMNS - HEARTS + i), 0, (uint8_t)(i < hearts ? TILE_HEART : TILE_EMPTY));
}

static void draw_basket(void)
{
    uint8_t i;

    for (i = 0; i < 3; i++)
        draw((uint8_t)(basket - 1 + i), BASKET_ROW, (uint8_t)(TILE_BASKET + i));
}

static void forget_things(void)
{
    uint8_t i;

    for (i = 0; i < THINGS; i++)
        kinds[i] = 0;
    spawn_wait = 1;
}

void game_begin(void)
{
    uint8_t i;

    state = TITLE;
    demo = frame = 0;
    level = 1;
    random_state = GAME_SEED;
    forget_things();
    game_clear();
    draw_sky();
    for (i = 0; i < 16; i++) {
        draw((uint8_t)(2 + i), 4, (uint8_t)(TILE_LOGO + i));
        draw((uint8_t)(2 + i), 5, (uint8_t)(TILE_LOGO + 16 + i));
    }
    write(5, 10, "PRESS START");
    write(5, 14, "BEST");
    write_number(10, 14, best);
    game_show();
}

void game_start(uint16_t seed, uint8_t by_itself)
{
    state = PLAYING;
    demo = by_itself;
    random_state = seed ? seed : GAME_SEED;
    game_score = frame = 0;
    hearts = HEARTS;
    level = 1;
    caught = basket_wait = 0;
    basket = GAME_COLUMNS / 2;
    forget_things();
    game_clear();
    draw_sky();
    write(0, 0, demo ? "DEMO" : "SCORE");
    write_number(6, 0, 0);
    draw_hearts();
    draw_basket();
    game_show();
    game_events |= EVENT_START;
}

static void end_round(void)
{
    state = OVER;
    frame = 0;
    if (!demo && game_score > best)
        best = game_score;
    write(5, 8, "GAME OVER");
}

static void lose_heart(void)
{
    game_events |= EVENT_HURT;
    hearts--;
    draw_hearts();
    if (!hearts)
        end_round();
}

static void gain(uint8_t points)
{
    game_score = (uint16_t)(game_score + points);
    write_number(6, 0, game_score);
    if (++caught == 10) {
        caught = 0;
        game_events |= EVENT_LEVEL;
        if (level < 9)
            level++;
    }
}

static void catch_thing(uint8_t kind)
{
    if (kind == TILE_ROCK) {
        lose_heart();
    } else if (kind == TILE_GEM) {
        game_events |= EVENT_GEM;
        gain(5);
    } else {
        game_events |= EVENT_STAR;
        gain(1);
    }
}

static void spawn(void)
{
    uint8_t i, chance;

    if (--spawn_wait)
        return;
    spawn_wait = (uint8_t)(46 - 3 * level);
    for (i = 0; i < THINGS && kinds[i]; i++) {
    }
    if (i == THINGS)
        return;
    chance = dice(8);
    kinds[i] = (uint8_t)(chance == 0 ? TILE_GEM : chance < 3 ? TILE_ROCK : TILE_STAR);
    columns[i] = (uint8_t)(1 + dice(GAME_COLUMNS - 2));
    if (state == TITLE)  /* beside what is written there */
        columns[i] = (uint8_t)(columns[i] & 1 ? columns[i] >> 1 & 1 : GAME_COLUMNS - 1 - (columns[i] >> 1 & 1));
    rows[i] = FIRST_ROW;
    paces[i] = (uint8_t)(11 - level + dice(3));
    waits[i] = paces[i];
    draw(columns[i], rows[i], kinds[i]);
}

/* A thing falls by a row; it is caught, lost, or seen one row lower. */
static void fall(uint8_t i)
{
    uint8_t kind = kinds[i];

    draw(columns[i], rows[i], backdrop(columns[i], rows[i]));
    rows[i]++;
    waits[i] = paces[i];
    if (rows[i] == BASKET_ROW) {
        kinds[i] = 0;
        if (state == TITLE)
            return;
        if (columns[i] + 1 >= basket && columns[i] <= basket + 1)
            catch_thing(kind);
        else if (kind == TILE_STAR)
            lose_heart();
        return;
    }
    draw(columns[i], rows[i], kind);
}

static void move_things(void)
{
    uint8_t i;

    for (i = 0; i < THINGS && state != OVER; i++) {
        if (!kinds[i])
            continue;
        mix(rows[i]);
        if (!--waits[i])
            fall(i);
    }
}

static void move_basket(uint8_t keys)
{
    if (basket_wait)
        basket_wait--;
    if (basket_wait || !(keys & (KEY_LEFT | KEY_RIGHT)))
        return;
    if (keys & KEY_LEFT && basket > 1) {
        draw((uint8_t)(basket + 1), BASKET_ROW, backdrop((uint8_t)(basket + 1), BASKET_ROW));
        basket--;
    } else if (keys & KEY_RIGHT && basket < GAME_COLUMNS - 2) {
        draw((uint8_t)(basket - 1), BASKET_ROW, backdrop((uint8_t)(basket - 1), BASKET_ROW));
        basket++;
    } else {
        return;
    }
    draw_basket();
    basket_wait = 3;
}

/* A player who goes to where the lowest thing that is no rock comes down. */
static uint8_t demo_keys(void)
{
    uint8_t i, lowest = 0, goal = basket;

    for (i = 0; i < THINGS; i++)
        if (kinds[i] && kinds[i] != TILE_ROCK && rows[i] >= lowest) {
            lowest = rows[i];
            goal = columns[i];
        }
    if (goal < basket)
        return KEY_LEFT;
    return (uint8_t)(goal > basket ? KEY_RIGHT : 0);
}

static void play(uint8_t keys)
{
    mix(basket);
    move_basket(demo ? demo_keys() : keys);
    spawn();
    move_things();
    if (demo && frame >= GAME_DEMO_FRAMES) {
        game_events |= EVENT_DEMO_DONE;
        state = OVER;
        frame = OVER_FRAMES;
    }
}

void game_step(uint8_t keys)
{
    uint8_t pressed = (uint8_t)(keys & (uint8_t)~last_keys);

    last_keys = keys;
    game_events = 0;
    frame++;
    mix((uint8_t)frame);
    if ((demo || state == TITLE) && pressed & KEY_START) {
        game_start((uint16_t)(frame * 251u + GAME_SEED), 0);
        return;
    }
    if (state == PLAYING) {
        play(keys);
    } else if (state == OVER) {
        if (frame >= OVER_FRAMES || pressed & KEY_START)
            game_begin();
    } else if (frame >= TITLE_FRAMES) {
        game_hash = 0;
        game_start(GAME_SEED, 1);
    } else {
        spawn();
        move_things();
    }
}

void game_run_demo(void)
{
    game_hash = 0;
    last_keys = 0;
    game_start(GAME_SEED, 1);
    do
        game_step(0);
    while (!(game_events & EVENT_DEMO_DONE));
}
