/* SPDX-License-Identifier: Apache-2.0 */
/* Sums that the compiler's run-time library must do, beside the same ones that the compiler did by itself. A library for another
 * processor, or one that is not linked as it needs to be, gives other numbers. */
#include "console.h"

#if CON_HAS_MATH

static volatile uint64_t big = 0x123456789abcdef0u, small = 0x1234567u;
static volatile int64_t negative = -0x123456789abcdefll;
static volatile double tall = 355.0e10, wide = 113.0;
static volatile uint8_t places = 13;

static uint64_t bits_of(double value)
{
    union {
        double value;
        uint64_t bits;
    } both;

    both.value = value;
    return both.bits;
}

uint8_t arithmetic_check(void)
{
    if (big / small != 0x123456789abcdef0u / 0x1234567u)
        return 1;
    if (big % small != 0x123456789abcdef0u % 0x1234567u)
        return 2;
    if (negative / 1000003 != -0x123456789abcdefll / 1000003)
        return 3;
    if (big * small != 0x123456789abcdef0u * 0x1234567u || big << places != 0x123456789abcdef0u << 13 || negative >> places != -0x123456789abcdefll >> 13)
        return 4;
    if (bits_of(tall * wide) != bits_of(355.0e10 * 113.0))
        return 5;
    if (bits_of(tall / wide) != bits_of(355.0e10 / 113.0))
        return 6;
    if (bits_of(tall - wide) != bits_of(355.0e10 - 113.0) || !(wide < tall))
        return 7;
    if ((uint64_t)(tall / wide) != (uint64_t)(355.0e10 / 113.0) || bits_of((double)big) != bits_of((double)0x123456789abcdef0u))
        return 8;
    return 0;
}

#else

uint8_t arithmetic_check(void)
{
    return 0;
}

#endif
