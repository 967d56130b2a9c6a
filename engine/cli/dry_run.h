// SPDX-License-Identifier: Apache-2.0
#pragma once
// bitbake -n: every task and setscene task that would run, in an order in which they could.

#include "engine/base/result.h"
#include "engine/cli/build.h"
#include "engine/cli/house.h"

namespace hitz::cli {

/// In a configured house whose recipes are read. Errors: what a run would stop at before it starts.
Result<int> dry_run(House& house, const BuildOptions& options, graph::TaskGraph graph);

}  // namespace hitz::cli
