/* SPDX-License-Identifier: Apache-2.0 */
/* A line that a C library makes, on a console and on the host: long long, double, memory, sorting, reading numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef CONSOLE
#include "console.h"
#endif

static volatile double two = 2.0;
static volatile long long many = 1234567890123456789ll;

static int by_size(const void *one, const void *other)
{
    return *(const int *)one - *(const int *)other;
}

int main(void)
{
    int v[5] = {5, 3, 1, 4, 2};
    char *text = malloc(200), *more = realloc(malloc(10), 4000);

#ifdef CONSOLE
    con_init();
#endif
    if (!text || !more)
        return 1;
    qsort(v, 5, sizeof *v, by_size);
    sprintf(more, "%+08.3f", strtod("-3.14159", 0));
    snprintf(text, 200, "LIBC %lld %.6f %g %s %d%d%d%d%d %s %x %.17g %s", many / 7, sqrt(two), sin(two) * 1e10, strchr("a,b", ','), v[0], v[1], v[2], v[3],
             v[4], more, 0xbeefu, pow(two, 0.5) / 3, strtoll("9000000000", 0, 10) > 1ll << 32 ? "wide" : "narrow");
    printf("%s.\nHASH \n", text);
#ifdef CONSOLE
    con_screen(1);
    for (;;)
        con_wait();
#endif
    return 0;
}
