// SPDX-License-Identifier: Apache-2.0
#pragma once
// Setscene: which results are restored instead of made, and which tasks need not run for that
// (facts T32-T38, T41).

#include <functional>
#include <set>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/task_graph.h"

namespace hitz::schedule {

using graph::TaskId;

/// What became of a task's _setscene variant.
enum class Scene {
  None,         // it has none
  Undecided,    // while the others are decided
  Restored,     // it runs
  Present,      // its stamp or the task's own is there, or there is nothing to do for it
  NotNeeded,    // all that would use the result is restored itself
  Unavailable,  // the task itself has to run, unless somebody else covers it
};

/// Everything outside.
struct SceneWorld {
  std::function<bool(TaskId)> present;  // by stamps
  std::function<bool(TaskId)> forced;   // it has to run, whatever could be restored
  /// Of some tasks those whose result can be fetched (BB_HASHCHECK_FUNCTION). stamped: how many
  /// others have stamps.
  std::function<Result<std::vector<TaskId>>(const std::vector<TaskId>& tasks, std::size_t stamped)>
      available;
  /// Whether a result is not needed though what depends on it is restored (BB_SETSCENE_DEPVALID).
  std::function<Result<bool>(TaskId task, const std::set<TaskId>& users,
                             const std::set<TaskId>& not_needed)>
      not_needed;
  /// Restores results, all at once; those that could not be. Null: each is taken for restored.
  std::function<Result<std::vector<TaskId>>(const std::vector<TaskId>& tasks)> restore;
};

struct SceneOptions {
  bool restore = true;  // false: what has been restored stays, nothing more is (--skip-setscene)
};

struct Scenes {
  IdVector<TaskId, Scene> fates;
  std::vector<TaskId> restored;    // in the order in which they run
  IdVector<TaskId, bool> covered;  // tasks that need not run for what is restored or present
  std::size_t count(Scene fate) const;
};

Result<Scenes> decide_scenes(const graph::TaskGraph& graph, const SceneWorld& world,
                             const SceneOptions& options = {});

}  // namespace hitz::schedule
