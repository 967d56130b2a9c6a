// SPDX-License-Identifier: Apache-2.0
// A plugin for gcc 12's sh compiler: leaves out the passes sh_treg_combine2 and 3, which make wrong code.
//
// They look for conditions that are worked out twice, and take what they should not for one. With -mieee, gcc's default,
//     unsigned convert(double a) { return a; }
// subtracts 2^31 where it must not (the comparison "greater or equal" loses its second half); and a loop's "n == 0" whose n has been
// spilled loses its test, so that the branch goes by the comparison before it. No option of gcc switches these passes off.
#include "gcc-plugin.h"
#include "tree-pass.h"

#include <string.h>

int plugin_is_GPL_compatible;

static void leave_out(void *gate, void *) {
    if (current_pass && current_pass->name && strncmp(current_pass->name, "sh_treg_combine", 15) == 0)
        *static_cast<bool *>(gate) = false;
}

int plugin_init(plugin_name_args *self, plugin_gcc_version *) {
    register_callback(self->base_name, PLUGIN_OVERRIDE_GATE, leave_out, nullptr);
    return 0;
}
