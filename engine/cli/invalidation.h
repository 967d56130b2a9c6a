// SPDX-License-Identifier: Apache-2.0
#pragma once
// Invalidation: which tasks -f and -C want to run whatever their stamps say (facts T17).

#include <vector>

#include "engine/base/result.h"
#include "engine/cli/build.h"
#include "engine/cli/house.h"

namespace hitz::cli {

/// A task by name; it need not be in the graph.
struct Invalidated {
  recipe::RecipeId recipe;
  std::string task;
};

/// Tasks without stamps are left out: they run anyway. Errors: Input, -C names such a one. A task
/// that is not there is warned of.
Result<std::vector<Invalidated>> invalidated(House& house, const graph::TaskGraph& graph,
                                             const BuildOptions& options);

/// Writes their taints: from then on their hashes are others, and those of all that waits for them.
Result<void> taint(const House& house, const std::vector<Invalidated>& tasks);

/// Those of the graph that would run for it.
IdVector<graph::TaskId, bool> forced_by(const graph::TaskGraph& graph,
                                        const std::vector<Invalidated>& tasks);

}  // namespace hitz::cli
