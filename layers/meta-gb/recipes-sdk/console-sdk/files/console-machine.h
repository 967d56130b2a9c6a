/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#define CON_NAME "gb"
#define CON_COLUMNS 20
#define CON_ROWS 18
#define CON_COLOURS 4
#define CON_TILE_BYTES 16
#define CON_HAS_SAMPLE 0
#define CON_HAS_MATH 0

#endif
