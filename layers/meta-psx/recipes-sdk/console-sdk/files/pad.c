/* SPDX-License-Identifier: Apache-2.0 */
/* The pad in port 1, asked byte by byte over the serial port; what is not answered in time is no key. */
#include "console.h"

#define IO8(address) (*(volatile uint8_t *)(address))
#define IO16(address) (*(volatile uint16_t *)(address))
#define IO32(address) (*(volatile uint32_t *)(address))
#define JOY_DATA IO8(0x1f801040)
#define JOY_STAT IO16(0x1f801044)
#define JOY_MODE IO16(0x1f801048)
#define JOY_CTRL IO16(0x1f80104a)
#define JOY_BAUD IO16(0x1f80104e)
#define I_STAT IO32(0x1f801070)

enum { SEND_READY = 1, RECEIVED = 2, IRQ = 0x200, I_PAD = 0x80 };
enum { TRANSMIT = 1, SELECT = 2, ACKNOWLEDGE = 0x10, RESET = 0x40, WITH_IRQ = 0x1000 };
enum { PATIENCE = 2000, SETTLE = 100, DIGITAL = 0x5a };

static void delay(int loops)
{
    while (loops-- > 0)
        __asm__ volatile("");
}

/* One byte out and one in; 1 when the pad wants more. */
static int exchange(uint8_t out, uint8_t *in)
{
    int left = PATIENCE;

    while (!(JOY_STAT & SEND_READY) && --left > 0) {
    }
    JOY_DATA = out;
    for (left = PATIENCE; !(JOY_STAT & RECEIVED); left--)
        if (left == 0)
            return 0;
    *in = JOY_DATA;
    for (left = PATIENCE / 4; !(JOY_STAT & IRQ) && !(I_STAT & I_PAD); left--)
        if (left == 0)
            return 0;
    I_STAT = ~(uint32_t)I_PAD;
    JOY_CTRL |= ACKNOWLEDGE;
    return 1;
}

void con_pad_init(void)
{
    JOY_CTRL = RESET;
    JOY_MODE = 0x0d; /* 8 bits, no parity, the clock itself */
    JOY_BAUD = 0x88; /* 250 kHz */
    JOY_CTRL = 0;
}

uint8_t con_pad(void)
{
    /* Bits of the answer: select, 2 unused, start, up, right, down, left; then L2 R2 L1 R1 triangle circle cross square. */
    static const uint8_t names[16] = {CON_SELECT, 0, 0, CON_START, CON_UP, CON_RIGHT, CON_DOWN, CON_LEFT, 0, 0, 0, 0, 0, CON_B, CON_A, CON_B};
    uint8_t skipped, id = 0, ready = 0, low = 0xff, high = 0xff, out = 0, i;
    uint16_t keys;

    JOY_CTRL = TRANSMIT | SELECT | WITH_IRQ;
    I_STAT = ~(uint32_t)I_PAD;
    delay(SETTLE);
    if (exchange(0x01, &skipped) && exchange(0x42, &id) && exchange(0, &ready) && ready == DIGITAL && exchange(0, &low))
        exchange(0, &high);
    JOY_CTRL = 0;
    if (ready != DIGITAL)
        return 0;
    keys = ~(low | high << 8);
    for (i = 0; i < 16; i++)
        if (keys >> i & 1)
            out |= names[i];
    return out;
}
