// SPDX-License-Identifier: Apache-2.0
#pragma once
// By which rules a graph of tasks is run: BitBake's, with setscene tasks, stamps named after hashes
// and fakeroot, or those of hitz's own layer, whose tasks name their outputs.

#include "engine/base/result.h"
#include "engine/cli/build.h"
#include "engine/cli/house.h"

namespace hitz::cli {

/// BitBake's where layers are written for them: tasks can be restored by setscene tasks, or
/// FAKEROOTCMD or BB_HASHCHECK_FUNCTION are set.
enum class Rules { BitBake, Outputs };
Result<Rules> rules_of(House& house, const graph::TaskGraph& graph);

/// Starts the house's worker, which its recipes must not be read before. Nothing in the fakeroot
/// agent, whose tasks run in processes of its own.
Result<void> start_worker(House& house);
/// The graph of the options' targets, as whoever is going to run it wants it.
Result<graph::TaskGraph> plan_to_run(House& house, const BuildOptions& options);

/// Runs, or with dry_run tells, what of a graph must run. In a house whose recipes are read. The
/// exit status: 0, 1 when a task failed, 130 when Ctrl-C ended it.
Result<int> run_by_its_rules(House& house, BuildOptions options, graph::TaskGraph graph);
/// The same of the options' targets.
Result<int> run_targets(House& house, const BuildOptions& options);

}  // namespace hitz::cli
