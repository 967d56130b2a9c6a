// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/invalidation.h"

#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/signature/task_hash.h"

namespace hitz::cli {

namespace {

using graph::TaskId;

bool without_stamps(const recipe::Recipe& recipe, const std::string& task) {
  const recipe::Task* known = recipe.task(task);
  return known != nullptr && known->nostamp;
}

}  // namespace

Result<std::vector<Invalidated>> invalidated(House& house, const graph::TaskGraph& graph,
                                             const BuildOptions& options) {
  std::vector<Invalidated> out;
  std::vector<std::string> cleared;
  if (!options.clear_stamp.empty()) cleared = split(options.clear_stamp, ',');
  for (TaskId target : graph.targets) {
    const auto& node = graph.tasks[target];
    const auto& recipe = house.world->recipes[node.recipe];
    if (options.force && !node.task->nostamp) out.push_back({node.recipe, node.task->name});
    for (const auto& text : cleared) {
      std::string task = graph::task_name(text);
      if (recipe.task(task) == nullptr)
        event::log(*house.events, event::Level::Warning,
                   "Task " + task + " does not exist, invalidating this task will have no effect");
      if (without_stamps(recipe, task))
        return input_error("Task " + task + " is marked nostamp, cannot invalidate this task");
      out.push_back({node.recipe, task});
    }
  }
  return out;
}

Result<void> taint(const House& house, const std::vector<Invalidated>& tasks) {
  for (const auto& one : tasks) {
    std::string path = signature::taint_path(house.world->recipes[one.recipe], one.task);
    TRY_VOID(make_folders(parent_of(path)));
    TRY_VOID(write_file(path, signature::random_uuid()));
  }
  return {};
}

IdVector<TaskId, bool> forced_by(const graph::TaskGraph& graph,
                                 const std::vector<Invalidated>& tasks) {
  IdVector<TaskId, bool> out(graph.tasks.size(), false);
  for (TaskId id : graph.order) {
    const auto& node = graph.tasks[id];
    bool named = std::any_of(tasks.begin(), tasks.end(), [&](const Invalidated& one) {
      return one.recipe == node.recipe && one.task == node.task->name;
    });
    out[id] = named || std::any_of(node.needs.begin(), node.needs.end(),
                                   [&](TaskId need) { return out[need]; });
  }
  return out;
}

}  // namespace hitz::cli
