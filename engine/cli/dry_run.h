// SPDX-License-Identifier: Apache-2.0
#pragma once
// bitbake -n: every task and setscene task that would run, in an order in which they could.

#include "engine/base/result.h"
#include "engine/cli/build.h"
#include "engine/cli/house.h"

namespace hitz::cli {

/// In a configured house whose recipes are read. The exit status: 1 when BB_SETSCENE_ENFORCE
/// forbids a task that would run.
Result<int> dry_run(House& house, const BuildOptions& options);

}  // namespace hitz::cli
