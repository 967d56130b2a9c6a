/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#define CON_NAME "gba"
#define CON_COLUMNS 30
#define CON_ROWS 20
#define CON_COLOURS 16
#define CON_TILE_BYTES 32
#define CON_HAS_SAMPLE 1
#define CON_HAS_MATH 1

/* For what is too large for the 32 KiB beside the processor: the 256 KiB of slower RAM. Starts as zero. */
#define CON_EWRAM __attribute__((section(".ewram")))

#endif
