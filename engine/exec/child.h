// SPDX-License-Identifier: Apache-2.0
#pragma once
// The life of a task within its own process.

#include "engine/exec/runner.h"

namespace hitz::exec {

/// Runs a job to its end; the process exits with what this returns. Messages for the build go to a
/// pipe: "level text" records ended by NUL.
int run_in_child(const Job& job, data::PythonHost& python, Functions& functions,
                 const ProcessHooks& hooks, int messages);

}  // namespace hitz::exec
