/* SPDX-License-Identifier: Apache-2.0 */
/* What newlib asks of a system: memory, and a place for standard output and errors. There is nothing else. */
#include <errno.h>
#include <reent.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include "console.h"
#undef errno
extern int errno;

/* A machine with little RAM beside the processor has the heap elsewhere. */
#ifndef CON_EWRAM
#define CON_EWRAM
#endif

enum { PIECE = 64, STDERR = 2 };

void *_sbrk(ptrdiff_t bytes)
{
    static char heap[HEAP] CON_EWRAM __attribute__((aligned(16)));
    static size_t used;
    size_t before = used;

    if (bytes < 0 ? (size_t)-bytes > used : (size_t)bytes > sizeof heap - used) {
        errno = ENOMEM;
        return (void *)-1;
    }
    used += bytes;
    return heap + before;
}

int _write(int file, const void *data, size_t bytes)
{
    const char *from = data;
    char piece[PIECE + 1];
    size_t left = bytes, count, i;

    if (file < 1 || file > STDERR) {
        errno = EBADF;
        return -1;
    }
    for (; left; left -= count) {
        count = left < PIECE ? left : PIECE;
        for (i = 0; i < count; i++)
            piece[i] = *from++;
        piece[count] = 0;
        con_print(piece);
    }
    return (int)bytes;
}

static int no(int error)
{
    errno = error;
    return -1;
}

int _read(int file, void *data, size_t bytes)
{
    return 0;
}
int _close(int file)
{
    return no(EBADF);
}
int _open(const char *name, int flags, int mode)
{
    return no(ENOENT);
}
int _unlink(const char *name)
{
    return no(ENOENT);
}
int _link(const char *name, const char *other)
{
    return no(ENOENT);
}
int _stat(const char *name, struct stat *status)
{
    return no(ENOENT);
}
int _lseek(int file, int offset, int whence)
{
    return 0;
}
int _fstat(int file, struct stat *status)
{
    status->st_mode = S_IFCHR;
    return 0;
}
int _isatty(int file)
{
    return 1;
}
int _kill(int process, int signal)
{
    return no(EINVAL);
}
int _getpid(void)
{
    return 1;
}
int _gettimeofday(struct timeval *now, void *zone)
{
    return no(ENOSYS);
}
clock_t _times(struct tms *times)
{
    return no(ENOSYS);
}
void _exit(int status)
{
    con_print("the program has ended\n");
    for (;;) {
    }
}
