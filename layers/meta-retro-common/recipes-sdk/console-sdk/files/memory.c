/* SPDX-License-Identifier: Apache-2.0 */
/* What gcc calls by itself even where there is no C library. Weak: a C library's are better. */
#include <stddef.h>

#pragma GCC optimize("no-tree-loop-distribute-patterns")

__attribute__((weak)) void *memcpy(void *to, const void *from, size_t bytes)
{
    char *t = to;
    const char *f = from;

    while (bytes--)
        *t++ = *f++;
    return to;
}

__attribute__((weak)) void *memmove(void *to, const void *from, size_t bytes)
{
    char *t = to;
    const char *f = from;

    if (t <= f)
        return memcpy(to, from, bytes);
    while (bytes--)
        t[bytes] = f[bytes];
    return to;
}

__attribute__((weak)) void *memset(void *to, int value, size_t bytes)
{
    char *t = to;

    while (bytes--)
        *t++ = (char)value;
    return to;
}

__attribute__((weak)) int memcmp(const void *one, const void *other, size_t bytes)
{
    const unsigned char *a = one, *b = other;

    for (; bytes--; a++, b++)
        if (*a != *b)
            return *a - *b;
    return 0;
}
