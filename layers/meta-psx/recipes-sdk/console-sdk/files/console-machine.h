/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#define CON_NAME "psx"
#define CON_COLUMNS 40
#define CON_ROWS 30
#define CON_COLOURS 16
#define CON_TILE_BYTES 32
#define CON_HAS_SAMPLE 1
#define CON_HAS_MATH 1

#endif
