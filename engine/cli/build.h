// SPDX-License-Identifier: Apache-2.0
#pragma once
// hitz build: targets to a graph, hashes, and whatever of it must run.

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/house.h"

namespace hitz::cli {

/// What becomes of setscene tasks: they restore, they do not, what they restored before stays and
/// nothing more is, nothing else runs.
enum class Setscene { Yes, No, Skip, Only };

struct BuildOptions {
  std::vector<std::string> targets;
  std::string task;         // -c
  bool force = false;       // -f: the targets' own tasks run whatever their stamps say
  std::string clear_stamp;  // -C: this task of the targets' recipes runs whatever its stamp says
  std::vector<std::string> runall, runonly;
  Setscene setscene = Setscene::Yes;
  bool taints = false;      // -f and -C leave taints, as BitBake does
  bool dry_run = false;     // -n
  bool keep_going = false;  // -k
  bool no_cache = false;    // nothing is restored or recorded
  int parallel = 0;         // 0: BB_NUMBER_THREADS
};

/// Builds a graph in a configured house whose recipes are read. The exit status: 0, or 1 when a
/// task failed.
Result<int> build(House& house, const BuildOptions& options, graph::TaskGraph graph);

/// The graph of the options' targets, default task by BB_DEFAULT_TASK. What there is to say of it
/// is told.
using OnMissing = graph::PlanOptions::OnMissing;
Result<graph::TaskGraph> plan_targets(House& house, const BuildOptions& options,
                                      OnMissing on_missing = OnMissing::Stop);
}  // namespace hitz::cli
