/* SPDX-License-Identifier: Apache-2.0 */
/* Messages go to the serial port, 115200 bits a second. */
#include "console.h"

#define IO8(address) (*(volatile uint8_t *)(address))
#define IO16(address) (*(volatile uint16_t *)(address))
#define MODE IO16(0xffe80000)
#define BITRATE IO8(0xffe80004)
#define CONTROL IO16(0xffe80008)
#define SEND IO8(0xffe8000c)
#define STATUS IO16(0xffe80010)
#define FIFO IO16(0xffe80018)
#define PINS IO16(0xffe80020)
#define LINE IO16(0xffe80024)

enum { ENABLE = 0x30, FIFO_RESET = 6, CLOCK = 50000000, BITS = 115200, READY = 0x20, SENT = 0x40, PATIENCE = 1000000 };

void con_messages_init(void)
{
    CONTROL = 0;
    FIFO = FIFO_RESET;
    MODE = 0;
    BITRATE = CLOCK / (BITS * 32) - 1;
    FIFO = 0;
    PINS = 0;
    LINE = 0;
    CONTROL = ENABLE;
}

void con_print(const char *text)
{
    int left;

    for (; *text; text++) {
        for (left = PATIENCE; !(STATUS & READY) && left; left--) {
        }
        SEND = *text;
        STATUS &= ~(READY | SENT);
    }
}
