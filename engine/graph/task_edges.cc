// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/task_edges.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/text.h"

namespace hitz::graph {

namespace {

class Collector {
 public:
  Collector(const recipe::World& world, const Resolution& resolution, const TaskTable& table)
      : world_(world), resolution_(resolution), table_(table) {}

  Result<DirectEdges> collect() {
    DirectEdges out;
    out.needs.resize(table_.size());
    for (TaskNumber number = 0; number < table_.size(); ++number) {
      TRY_VOID(collect(number, out));
      auto& needs = out.needs[number];
      std::sort(needs.begin(), needs.end());
      needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
      std::erase(needs, number);
    }
    return out;
  }

 private:
  Result<void> collect(TaskNumber number, DirectEdges& out) {
    auto& into = out.needs[number];
    const auto& task = table_.task(number);
    auto id = table_.recipe(number);
    const auto& needs = resolution_.needs(id);
    for (const auto& name : task.predecessors) {
      if (auto before = table_.find(id, name)) into.push_back(*before);
    }
    add_servers(needs.builds, task.deptask, into);
    add_servers(needs.runs, task.rdeptask, into);
    if (!task.recrdeptask.empty()) {
      add_servers(needs.builds, task.recrdeptask, into);
      add_servers(needs.runs, task.recrdeptask, into);
      const auto& names = task.recrdeptask;
      bool itself = std::find(names.begin(), names.end(), task.name) != names.end();
      out.recursive.push_back(
          {number, itself ? Recursive::NamesItself::Yes : Recursive::NamesItself::No});
    }
    return add_named(number, into);
  }

  /// The tasks of whoever serves the names, as far as they have them.
  void add_servers(const std::vector<NameId>& names, const std::vector<std::string>& tasks,
                   TaskNumbers& into) const {
    for (const auto& task : tasks) {
      for (auto name : names) {
        auto server = resolution_.server(name);
        auto found = server ? table_.find(*server, task) : std::nullopt;
        if (found) into.push_back(*found);
      }
    }
  }

  Result<void> add_named(TaskNumber number, TaskNumbers& into) const {
    auto id = table_.recipe(number);
    std::uint32_t place = number - table_.first(id);
    for (const auto& need : resolution_.needs(id).of_tasks) {
      if (need.task != place) continue;
      auto server = resolution_.server(need.name);
      if (!server) continue;
      auto found = table_.find(*server, need.needed);
      if (!found) return missing_task(number, *server, need.needed);
      into.push_back(*found);
    }
    if (table_.task(number).mcdepends.empty()) return {};
    for (const auto& need : resolution_.multiconfig_needs(id)) {
      auto server = resolution_.server(need.name);
      if (!server) continue;
      auto found = table_.find(*server, need.task);
      if (!found) return missing_task(number, *server, need.task);
      into.push_back(*found);
    }
    return {};
  }

  tl::unexpected<Error> missing_task(TaskNumber user, recipe::RecipeId id,
                                     std::string_view name) const {
    std::vector<std::string> known;
    for (const auto& task : world_.recipes[id].tasks) known.push_back(task.name);
    return input_error(table_.label(user) + " needs " + world_.recipes[id].pn + ":" +
                       std::string(name) + ", a non-existent task" + suggestion(name, known));
  }

  const recipe::World& world_;
  const Resolution& resolution_;
  const TaskTable& table_;
};

}  // namespace

Result<DirectEdges> direct_edges(const recipe::World& world, const Resolution& resolution,
                                 const TaskTable& table) {
  return Collector(world, resolution, table).collect();
}

}  // namespace hitz::graph
