/* SPDX-License-Identifier: Apache-2.0 */
/* A boot ROM for a Dreamcast of an emulator, written for these tests: it reads a disc as the console does, and nothing else.
 *
 * From a GD-ROM (sector 45000) or a CD's second session (11702) it takes IP.BIN to 8C008000, looks the boot file that IP.BIN names up
 * in the ISO 9660 root directory, reads it to 8C010000, unscrambles it when it came from a CD, and jumps to 8C008300.
 * What happened is left at 8C007F00 for the test: "BOOT" and a step, 1 (no disc) to 5 (jumped). */
#include <stdint.h>

#define IO8(address) (*(volatile uint8_t *)(address))
#define IO16(address) (*(volatile uint16_t *)(address))
#define IO32(address) (*(volatile uint32_t *)(address))
#define GD_STATUS IO8(0xa05f7018)
#define GD_DATA IO16(0xa05f7080)
#define GD_FEATURES IO8(0xa05f7084)
#define GD_COUNT_LOW IO8(0xa05f7090)
#define GD_COUNT_HIGH IO8(0xa05f7094)
#define GD_COMMAND IO8(0xa05f709c)
#define G1_UNLOCK IO32(0xa05f74e4)
#define NOTE ((volatile uint32_t *)0xac007f00)

enum { BUSY = 0x80, DATA_WANTED = 8, ERROR = 1, PACKET = 0xa0, SECTOR = 2048, LEAD_IN = 150, PATIENCE = 20000000 };
enum { IP_SECTORS = 16, GD_TRACK = 45000, CD_TRACK = 11702, SLICE = 32, LARGEST = 2048 * 1024 };
#define IP ((uint8_t *)0xac008000)
#define PROGRAM ((uint8_t *)0xac010000)
#define SCRATCH ((uint8_t *)0xac800000)

/* 1 when the drive is ready and has, or wants, data; 0 when it is done. */
static int ready(void)
{
    int left = PATIENCE;

    while (GD_STATUS & BUSY && --left > 0) {
    }
    return left > 0 && GD_STATUS & DATA_WANTED;
}

static int read_sectors(uint32_t first, uint32_t count, uint8_t *to)
{
    uint32_t fad = first + LEAD_IN, bytes = 0, part, i;
    uint8_t packet[12] = {0x30, 0x24, fad >> 16, fad >> 8, fad, 0, 0, 0, count >> 16, count >> 8, count, 0};
    volatile uint16_t *out = (volatile uint16_t *)to;

    ready();
    GD_FEATURES = 0;
    GD_COUNT_LOW = 0;
    GD_COUNT_HIGH = 0x80;
    GD_COMMAND = PACKET;
    if (!ready())
        return 0;
    for (i = 0; i < 12; i += 2)
        GD_DATA = packet[i] | packet[i + 1] << 8;
    while (ready()) {
        part = GD_COUNT_LOW | GD_COUNT_HIGH << 8;
        for (i = 0; i < part; i += 2)
            *out++ = GD_DATA;
        bytes += part;
    }
    return !(GD_COMMAND & ERROR) && bytes == count * SECTOR;
}

static int same(const uint8_t *one, const char *other, uint32_t length)
{
    while (length--)
        if (*one++ != (uint8_t)*other++)
            return 0;
    return 1;
}

static uint32_t word(const uint8_t *at)
{
    return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The size of the file that IP.BIN names, and its first sector, from the root directory. */
static uint32_t find(uint32_t track, uint32_t *sector)
{
    const uint8_t *record = SCRATCH, *name = IP + 0x60;
    uint32_t length = 0;

    while (length < 16 && name[length] != ' ')
        length++;
    if (!read_sectors(track + 16, 1, SCRATCH) || !same(SCRATCH + 1, "CD001", 5) || !read_sectors(word(SCRATCH + 158), 1, SCRATCH))
        return 0;
    for (; record[0] && record < SCRATCH + SECTOR; record += record[0])
        if (record[32] == length + 2 && same(record + 33, (const char *)name, length)) {
            *sector = word(record + 2);
            return word(record + 10);
        }
    return 0;
}

/* From a CD the slices of 32 bytes come in another order; it follows from the size. */
static void unscramble(uint8_t *to, const uint8_t *from, uint32_t size)
{
    uint32_t *order = (uint32_t *)0xacc00000, seed = size & 0xffff, chunk, n, i, x, t;

    for (chunk = LARGEST; chunk >= SLICE; chunk /= 2)
        for (; size >= chunk; size -= chunk, to += chunk) {
            n = chunk / SLICE;
            for (i = 0; i < n; i++)
                order[i] = i;
            for (i = n; i-- > 0;) {
                seed = (seed * 2109 + 9273) & 0x7fff;
                x = ((seed + 0xc000 & 0xffff) * i) >> 16;
                t = order[i], order[i] = order[x], order[x] = t;
                for (t = 0; t < SLICE; t++)
                    to[order[i] * SLICE + t] = *from++;
            }
        }
    while (size--)
        *to++ = *from++;
}

void boot(void)
{
    uint32_t track, size, sector = 0;

    G1_UNLOCK = 0x1fffff;
    NOTE[0] = 0x544f4f42;
    NOTE[1] = 1;
    for (track = GD_TRACK;; track = CD_TRACK) {
        if (read_sectors(track, IP_SECTORS, IP) && same(IP, "SEGA SEGAKATANA ", 16))
            break;
        if (track == CD_TRACK)
            return;
    }
    NOTE[1] = 2;
    size = find(track, &sector);
    if (!size)
        return;
    NOTE[1] = 3;
    if (!read_sectors(sector, (size + SECTOR - 1) / SECTOR, track == CD_TRACK ? SCRATCH : PROGRAM))
        return;
    NOTE[1] = 4;
    if (track == CD_TRACK)
        unscramble(PROGRAM, SCRATCH, size);
    NOTE[1] = 5;
    ((void (*)(void))0x8c008300)();
}
