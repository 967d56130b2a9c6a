/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#include "console-4bpp.h"

#define CON_NAME "psp"
#define CON_COLUMNS 60
#define CON_ROWS 34

/* For framebuffer.c: the first pixel in video memory, not cached, and the pixels from one line to the next. */
#define CON_FRAME 0x44000000
#define CON_FRAME_STRIDE 512

#endif
