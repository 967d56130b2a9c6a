/* SPDX-License-Identifier: Apache-2.0 */
/* What a game can count on, on every console: a screen of 8x8 tiles, a pad, frames, a tone, and a channel for messages.
 *
 * console-machine.h, which comes with the machine's SDK, defines
 *   CON_NAME         the machine's name, a string
 *   CON_COLUMNS      visible tiles in a row (20 or more)
 *   CON_ROWS         visible rows (18 or more)
 *   CON_COLOURS      colours of a tile: 4 or 16
 *   CON_TILE_BYTES   bytes of a tile in the machine's own form, as the asset converter writes it
 *   CON_HAS_SAMPLE   1 where con_sample() plays, else 0
 *   CON_HAS_MATH     1 where the compiler has 64-bit integers and double, else 0
 *
 * An int may have 16 bits. Only one thing draws: there are no interrupts for a game to care for. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>
#include "console-machine.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    CON_UP = 0x01,
    CON_DOWN = 0x02,
    CON_LEFT = 0x04,
    CON_RIGHT = 0x08,
    CON_A = 0x10,
    CON_B = 0x20,
    CON_START = 0x40,
    CON_SELECT = 0x80
};

/* The machine is brought up: the screen is dark, every place shows tile 0, which is empty. Called once, first. */
void con_init(void);

/* Dark (0) or shown (1). con_tiles(), con_palette() and con_clear() may only be called while it is dark. */
void con_screen(uint8_t shown);

/* `count` tiles of the machine's form become tiles `first` and following; 128 fit. */
void con_tiles(uint8_t first, uint8_t count, const uint8_t *data);

/* The CON_COLOURS colours, in the form that the asset converter writes for the machine. */
void con_palette(const uint8_t *data);

/* Every place shows this tile. */
void con_clear(uint8_t tile);

/* A place shows this tile from the next frame on. When more are set than the machine can change between two frames, this
 * waits for a frame. While the screen is dark it is immediate and never waits. */
void con_put(uint8_t column, uint8_t row, uint8_t tile);

/* The keys that are down now, CON_*. */
uint8_t con_pad(void);

/* Returns when the next frame begins; what con_put() was told is on the screen then. About 60 times in a second. */
void con_wait(void);

/* Frames since con_init(); goes round after 65535. */
uint16_t con_frames(void);

/* A tone of about 110 Hz times 2^(pitch/12), for so many frames. Returns at once; a new one ends the old one. */
void con_tone(uint8_t pitch, uint8_t frames);

/* Plays what the asset converter made of a sound for this machine. Where CON_HAS_SAMPLE is 0 nothing happens. */
void con_sample(const uint8_t *data, uint16_t bytes);

/* For developers: the machine's debug channel; a line ends in "\n". Where the hardware has none, the last 32 characters
 * stay in con_messages, which stands in RAM for a debugger or an emulator to find. */
void con_print(const char *text);

#ifdef __cplusplus
}
#endif

#endif
