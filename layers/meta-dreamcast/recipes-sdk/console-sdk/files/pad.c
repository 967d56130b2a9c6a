/* SPDX-License-Identifier: Apache-2.0 */
/* The pad in port A, asked over the Maple bus: a list of one command, the answer is written behind it. */
#include "console.h"

#define IO32(address) (*(volatile uint32_t *)(address))
#define MAPLE_LIST IO32(0xa05f6c04)
#define MAPLE_TRIGGER IO32(0xa05f6c10)
#define MAPLE_ENABLE IO32(0xa05f6c14)
#define MAPLE_START IO32(0xa05f6c18)
#define MAPLE_SPEED IO32(0xa05f6c80)
#define MAPLE_PROTECT IO32(0xa05f6c8c)

enum { LAST = (int)0x80000000, GET_CONDITION = 9, PAD_OF_PORT_A = 0x20, CONTROLLER = 0x01000000, DATA = 8, PATIENCE = 200000 };

static uint32_t memory[16 + 64] __attribute__((aligned(32)));

/* The same memory, past the cache. */
static volatile uint32_t *list(void)
{
    return (volatile uint32_t *)(((uint32_t)memory & 0x1fffffff) | 0xa0000000);
}

void con_pad_init(void)
{
    MAPLE_PROTECT = 0x6155407f;         /* the key word, and all of RAM */
    MAPLE_TRIGGER = 0;
    MAPLE_SPEED = 50000u << 16;         /* 2 Mbit a second; patience of 1 ms */
    MAPLE_ENABLE = 1;
}

uint8_t con_pad(void)
{
    static const struct {
        uint16_t bit;
        uint8_t key;
    } keys[] = {{0x002, CON_B},   {0x004, CON_A},    {0x008, CON_START}, {0x010, CON_UP},
                {0x020, CON_DOWN}, {0x040, CON_LEFT}, {0x080, CON_RIGHT}, {0x200, CON_SELECT}};
    volatile uint32_t *ask = list(), *answer = ask + 16;
    int left = PATIENCE;
    uint8_t i, out = 0;

    answer[0] = 0xffffffff;
    ask[0] = LAST | 1;
    ask[1] = (uint32_t)answer & 0x1fffffff;
    ask[2] = GET_CONDITION | PAD_OF_PORT_A << 8 | 1 << 24;
    ask[3] = CONTROLLER;
    MAPLE_LIST = (uint32_t)ask & 0x1fffffff;
    MAPLE_START = 1;
    while (MAPLE_START & 1 && --left > 0) {
    }
    if ((answer[0] & 0xff) != DATA || answer[1] != CONTROLLER)
        return 0;
    for (i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!(answer[2] & keys[i].bit))
            out |= keys[i].key;
    return out;
}
