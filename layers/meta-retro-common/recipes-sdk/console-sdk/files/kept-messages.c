/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"

enum { KEPT = 32 };

char con_messages[KEPT];

void con_print(const char *text)
{
    uint8_t i;

    for (; *text; text++) {
        for (i = 0; i + 1 < KEPT; i++)
            con_messages[i] = con_messages[i + 1];
        con_messages[KEPT - 1] = *text;
    }
}
