/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes that libgcc2.c asks for beside what the compiler defines for it: all the consoles have 32-bit words. */
#define BITS_PER_UNIT 8
#define BITS_PER_WORD 32
#define UNITS_PER_WORD 4
#define MIN_UNITS_PER_WORD 4
