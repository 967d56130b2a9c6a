/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#define CON_NAME "psp"
#define CON_COLUMNS 60
#define CON_ROWS 34
#define CON_COLOURS 16
#define CON_TILE_BYTES 32
#define CON_HAS_SAMPLE 1
#define CON_HAS_MATH 1

/* For framebuffer.c: the first pixel in video memory, not cached, and the pixels from one line to the next. */
#define CON_FRAME 0x44000000
#define CON_FRAME_STRIDE 512

#endif
