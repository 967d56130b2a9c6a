/* SPDX-License-Identifier: Apache-2.0 */
/* What gcc's build says of the target: headers are for it, not for the compiler. */
#define USED_FOR_TARGET 1
#include "ansidecl.h"
