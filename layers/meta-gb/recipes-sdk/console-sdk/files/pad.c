/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"

#define KEYS (*(volatile uint8_t *)0xff00)

enum { ARROWS = 0x20, BUTTONS = 0x10, NEITHER = 0x30 };

/* One half of the keys; the lines need a while to settle. */
static uint8_t half(uint8_t which)
{
    uint8_t i, keys = 0;

    KEYS = which;
    for (i = 0; i < 6; i++)
        keys = KEYS;
    return (uint8_t)~keys & 15;
}

uint8_t con_pad(void)
{
    /* Hardware: right, left, up, down; A, B, select, start. */
    uint8_t arrows = half(ARROWS), buttons = half(BUTTONS), out = 0;

    KEYS = NEITHER;
    if (arrows & 1)
        out |= CON_RIGHT;
    if (arrows & 2)
        out |= CON_LEFT;
    if (arrows & 4)
        out |= CON_UP;
    if (arrows & 8)
        out |= CON_DOWN;
    if (buttons & 1)
        out |= CON_A;
    if (buttons & 2)
        out |= CON_B;
    if (buttons & 4)
        out |= CON_SELECT;
    if (buttons & 8)
        out |= CON_START;
    return out;
}
