/* SPDX-License-Identifier: Apache-2.0 */
/* For console-machine.h of machines whose tiles have 16 colours, four bits a pixel, and that gcc compiles for. */
#ifndef CONSOLE_4BPP_H
#define CONSOLE_4BPP_H

#define CON_COLOURS 16
#define CON_TILE_BYTES 32
#define CON_HAS_SAMPLE 1
#define CON_HAS_MATH 1

#endif
