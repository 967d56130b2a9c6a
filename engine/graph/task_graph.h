// SPDX-License-Identifier: Apache-2.0
#pragma once
// The graph of tasks that some targets need: which task waits for which.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/recipe/recipe.h"

namespace hitz::graph {

using TaskId = Id<struct TaskTag>;

struct TaskNode {
  recipe::RecipeId recipe;
  const recipe::Task* task = nullptr;  // owned by the recipe
  std::vector<TaskId> needs;           // sorted, no duplicates
  std::vector<TaskId> needed_by;       // the same edges, backwards
  bool setscene = false;               // the recipe has a _setscene variant of it
  std::vector<TaskId> setscene_needs;  // what that variant's depends names, without "_setscene"
};

/// Immutable after planning.
struct TaskGraph {
  IdVector<TaskId, TaskNode> tasks;
  std::vector<TaskId> targets;
  std::vector<TaskId> order;  // every task after those it needs
  /// What DEPENDS and kin name, and who provides it: virtual/kernel -> linux. Sorted.
  std::vector<std::pair<std::string, recipe::RecipeId>> provided;
  std::vector<std::string> warnings;  // targets that are assumed to be there
  std::vector<std::string> missing;   // names without a provider, and targets dropped for them
};

/// "core-image", "busybox:do_compile", "world".
struct Target {
  std::string name;
  std::string task;           // "" for the default
  std::string multiconfig{};  // "*" for every one
};

}  // namespace hitz::graph
