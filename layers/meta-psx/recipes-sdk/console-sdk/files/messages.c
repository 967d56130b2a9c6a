/* SPDX-License-Identifier: Apache-2.0 */
/* Messages go to the BIOS's TTY, function 3D of table B: a serial cable's on the console, an emulator's log. */
#include "console.h"

__asm__(
    "    .text\n"
    "    .set push\n"
    "    .set noreorder\n"
    "    .globl psx_bios_putchar\n"
    "    .type psx_bios_putchar, @function\n"
    "psx_bios_putchar:\n"
    "    li $10, 0xb0\n"
    "    jr $10\n"
    "    li $9, 0x3d\n"
    "    .set pop\n");

void psx_bios_putchar(int character);

void con_print(const char *text)
{
    for (; *text; text++)
        psx_bios_putchar(*text);
}
