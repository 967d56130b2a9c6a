// SPDX-License-Identifier: Apache-2.0
#pragma once
// A graph run by BitBake's rules: what can be restored is, by _setscene tasks; then every task
// whose stamp is not there runs.

#include "engine/base/result.h"
#include "engine/cli/build.h"
#include "engine/cli/house.h"

namespace hitz::cli {

/// In a configured house whose recipes are read. The exit status: 0, 1 when a task failed, 130
/// when Ctrl-C ended it.
Result<int> run_queue(House& house, const BuildOptions& options, graph::TaskGraph graph);

}  // namespace hitz::cli
