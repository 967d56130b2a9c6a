/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#define CON_NAME "dreamcast"
#define CON_COLUMNS 40
#define CON_ROWS 30
#define CON_COLOURS 16
#define CON_TILE_BYTES 32
#define CON_HAS_SAMPLE 1
#define CON_HAS_MATH 1

/* For framebuffer.c: 640 by 480 in video memory, not cached; each pixel of a tile is two by two of the screen's. */
#define CON_FRAME 0xa5000000
#define CON_FRAME_STRIDE 640
#define CON_FRAME_SCALE 2

#endif
