/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#include "console-4bpp.h"

#define CON_NAME "gba"
#define CON_COLUMNS 30
#define CON_ROWS 20

/* For what is too large for the 32 KiB beside the processor: the 256 KiB of slower RAM. Starts as zero. */
#define CON_EWRAM __attribute__((section(".ewram")))

#endif
