/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONSOLE_MACHINE_H
#define CONSOLE_MACHINE_H

#include "console-4bpp.h"

#define CON_NAME "psx"
#define CON_COLUMNS 40
#define CON_ROWS 30

#endif
