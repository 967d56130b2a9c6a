/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#include "console-4bpp.h"

#define CON_NAME "dreamcast"
#define CON_COLUMNS 40
#define CON_ROWS 30

/* For framebuffer.c: 640 by 480 in video memory, not cached; each pixel of a tile is two by two of the screen's. */
#define CON_FRAME 0xa5000000
#define CON_FRAME_STRIDE 640
#define CON_FRAME_SCALE 2

#endif
