// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/task_table.h"

#include <algorithm>

namespace hitz::graph {

TaskTable::TaskTable(const recipe::World& world, const std::vector<recipe::RecipeId>& recipes)
    : world_(world), firsts_(world.recipes.size(), UINT32_MAX) {
  for (auto id : recipes) {
    firsts_[id.value] = size();
    for (const auto& task : world.recipes[id].tasks) {
      auto name = names_.try_emplace(task.name, static_cast<std::uint32_t>(names_.size())).first;
      by_name_.emplace_back(name->second, size());
      rows_.push_back({id, &task});
    }
    std::sort(by_name_.begin() + firsts_[id.value], by_name_.end());
  }
}

std::optional<TaskNumber> TaskTable::find(recipe::RecipeId id, std::string_view name) const {
  TaskNumber first = firsts_[id.value];
  auto known = names_.find(name);
  if (first == UINT32_MAX || known == names_.end()) return std::nullopt;
  auto begin = by_name_.begin() + first;
  auto end = begin + static_cast<std::ptrdiff_t>(world_.recipes[id].tasks.size());
  auto at = std::lower_bound(begin, end, std::pair<std::uint32_t, TaskNumber>(known->second, 0));
  if (at == end || at->first != known->second) return std::nullopt;
  return at->second;
}

std::string TaskTable::label(TaskNumber number) const {
  return world_.recipes[recipe(number)].pn + " " + task(number).name;
}

}  // namespace hitz::graph
