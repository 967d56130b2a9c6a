/* SPDX-License-Identifier: Apache-2.0 */
/* Messages go to mGBA's debug port, which other emulators and the hardware ignore, and stay in con_messages. */
#include "console.h"

#define DEBUG_TEXT ((volatile char *)0x04fff600)
#define DEBUG_SEND (*(volatile uint16_t *)0x04fff700)
#define DEBUG_OPEN (*(volatile uint16_t *)0x04fff780)

enum { KEPT = 32, LINE = 255, OPEN = 0xc0de, SEND_AT_LEVEL_3 = 0x103 };

char con_messages[KEPT] CON_EWRAM;
static uint16_t length;

void con_print(const char *text)
{
    uint8_t i;

    DEBUG_OPEN = OPEN;
    for (; *text; text++) {
        for (i = 0; i + 1 < KEPT; i++)
            con_messages[i] = con_messages[i + 1];
        con_messages[KEPT - 1] = *text;
        if (*text == '\n' || length == LINE) {
            DEBUG_TEXT[length] = 0;
            DEBUG_SEND = SEND_AT_LEVEL_3;
            length = 0;
        } else {
            DEBUG_TEXT[length++] = *text;
        }
    }
}
