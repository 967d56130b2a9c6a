// SPDX-License-Identifier: Apache-2.0
// addtask and deltask: the list of tasks and who comes before whom.

#include <algorithm>

#include "engine/eval/statements.h"

namespace hitz::eval {

namespace {

constexpr std::string_view kTasks = "__BBTASKS";

std::vector<std::string> predecessors_of(const std::string& task, data::Store& d) {
  auto value = d.get_flag(task, "deps", data::Expand::No);
  if (!value) return {};
  if (auto* items = std::get_if<std::vector<std::string>>(&*value)) return *items;
  return {};
}

bool holds(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

Result<void> add_task(const std::string& task, const std::vector<std::string>& before,
                      const std::vector<std::string>& after, data::Store& d) {
  TRY_VOID(d.set_flag(task, "task", std::int64_t{1}));
  d.add_to_list(kTasks, task);
  auto deps = predecessors_of(task, d);
  for (const auto& one : after) {
    if (!holds(deps, one)) deps.push_back(one);
  }
  TRY_VOID(d.set_flag(task, "deps", std::move(deps)));
  for (const auto& later : before) {
    auto list = predecessors_of(later, d);
    if (holds(list, task)) continue;
    list.insert(list.begin(), task);
    TRY_VOID(d.set_flag(later, "deps", std::move(list)));
  }
  return {};
}

Result<void> delete_task(const std::string& task, data::Store& d) {
  auto tasks = d.list(kTasks);
  std::erase(tasks, task);
  d.set_list(kTasks, tasks);
  d.erase_flag(task, "task");
  d.erase_flag(task, "deps");
  for (const auto& other : tasks) {
    auto list = predecessors_of(other, d);
    if (!holds(list, task)) continue;
    std::erase(list, task);
    TRY_VOID(d.set_flag(other, "deps", std::move(list)));
  }
  return {};
}

}  // namespace hitz::eval
