// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stamps: whether a task has run before with the hash that it has now (facts T16). Their times
// count to the nanosecond, where BitBake, which needs longer, counts seconds.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/graph/task_graph.h"

namespace hitz::schedule {

using graph::TaskId;

class Stamps {
 public:
  /// path: of a task's stamp, or of its _setscene variant's.
  enum class Variant { Task, Setscene };
  using Path = std::function<std::string(TaskId, Variant)>;
  Stamps(const graph::TaskGraph& graph, Path path);

  /// The stamp is there and no older than those of what the task needs of its own recipe.
  bool current(TaskId id);
  /// The same of all of these too, as far down as the recipe goes.
  bool current_below(TaskId id);
  bool setscene_current(TaskId id);

 private:
  enum class Reach { Direct, Below };
  bool check(TaskId id, Reach reach);
  const std::optional<std::int64_t>& time(TaskId id, Variant variant);

  struct Times {
    bool read = false;
    std::optional<std::int64_t> nanoseconds;  // none when there is no stamp
  };
  const graph::TaskGraph& graph_;
  Path path_;
  IdVector<TaskId, Times> times_[2];
  IdVector<TaskId, std::optional<bool>> below_;
};

}  // namespace hitz::schedule
