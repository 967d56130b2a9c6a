// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/plan.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "engine/base/text.h"
#include "engine/graph/algorithms.h"
#include "engine/graph/drawing.h"
#include "engine/graph/multi_provider.h"
#include "engine/graph/resolution.h"
#include "engine/graph/task_edges.h"
#include "engine/graph/task_table.h"

namespace hitz::graph {

namespace {

enum class Only { Itself, WhatItNeeds };

struct WantedTask {
  std::string name;  // of the recipe, as it was asked for
  std::string task;
  Only only = Only::Itself;
  std::uint32_t realm = 0;
  NameId resolved;
};

class Planner {
 public:
  Planner(Providers& providers, const std::vector<Target>& targets, const PlanOptions& options)
      : providers_(providers),
        world_(providers.world()),
        targets_(targets),
        options_(options),
        resolution_(realms_of(providers, options),
                    options.on_missing == PlanOptions::OnMissing::LeaveOut
                        ? Resolution::Missing::LeftOut
                        : Resolution::Missing::Fails) {}

  static std::vector<Providers*> realms_of(Providers& main, const PlanOptions& options) {
    std::vector<Providers*> out{&main};
    out.insert(out.end(), options.multiconfigs.begin(), options.multiconfigs.end());
    return out;
  }

  Result<TaskGraph> make() {
    TRY_VOID(read_targets());
    TRY_VOID(resolve());
    TaskTable table(world_, resolution_.recipes());
    auto edges = TRY(direct_edges(world_, resolution_, table));
    add_recursive_edges(edges, world_, table);
    TaskNumbers targets = TRY(target_tasks(table, edges.needs));
    TaskNumbers needed = TRY(select(table, edges.needs, targets));
    TRY_VOID(build_graph(table, edges.needs, needed, targets));
    if (options_.scope == PlanOptions::Scope::Needed) {
      TRY_VOID(check_multi_provider(providers_, graph_));
      for (const auto* providers : options_.multiconfigs)
        TRY_VOID(check_multi_provider(*providers, graph_));
    }
    list_provided();
    return std::move(graph_);
  }

 private:
  Result<void> read_targets() {
    for (const auto& target : targets_) {
      TRY_VOID(check_target(target));
      std::string task = target.task.empty() ? options_.default_task : task_name(target.task);
      Only only = task.ends_with('-') ? Only::WhatItNeeds : Only::Itself;
      if (only == Only::WhatItNeeds) task.pop_back();
      bool many = target.name == "world" || target.name == "universe";
      for (auto realm : realms_of(target.multiconfig, many)) {
        if (!many) {
          wanted_.push_back({target.name, task, only, realm, {}});
          continue;
        }
        for (auto& name : all_of(target.name, task, realm))
          wanted_.push_back({std::move(name), task, only, realm, {}});
      }
    }
    return {};
  }

  /// The realms that a target is of; "world" is of all.
  std::vector<std::uint32_t> realms_of(const std::string& multiconfig, bool many) const {
    if (multiconfig != "*" && !(many && multiconfig.empty()))
      return {*resolution_.realm(multiconfig)};
    std::vector<std::uint32_t> out;
    for (std::uint32_t realm = 0; realm <= options_.multiconfigs.size(); ++realm)
      out.push_back(realm);
    return out;
  }

  Result<void> check_target(const Target& target) const {
    std::string text = target.task.empty() ? target.name : target.name + ":" + target.task;
    if (target.multiconfig != "*" && !resolution_.realm(target.multiconfig))
      return input_error("target 'mc:" + target.multiconfig + ":" + text + "': the multiconfig '" +
                         target.multiconfig + "' is not in BBMULTICONFIG");
    if (target.name.empty()) return input_error("target '" + text + "' names no recipe");
    if (target.task == "do_" || target.task == "do_-" ||
        target.task.find(':') != std::string::npos) {
      return input_error("target '" + text + "' is not recipe:task");
    }
    return {};
  }

  /// All that "world" or "universe" stands for, as far as it has the task.
  std::vector<std::string> all_of(const std::string& name, const std::string& task,
                                  std::uint32_t realm) {
    Providers& providers = realm == 0 ? providers_ : *options_.multiconfigs[realm - 1];
    bool all = options_.scope == PlanOptions::Scope::All;
    if (name == "world") return providers.world_targets(task);
    return providers.universe_targets(all ? "" : task);
  }

  Result<void> resolve() {
    for (auto& wanted : wanted_) wanted.resolved = resolution_.demand(wanted.name, wanted.realm);
    TRY_VOID(resolution_.run());
    graph_.missing = resolution_.left_out();
    std::vector<NameId> failed;
    for (const auto& wanted : wanted_) {
      if (resolution_.name(wanted.resolved).failed) failed.push_back(wanted.resolved);
    }
    if (failed.empty()) return {};
    Error error = resolution_.why_failed(failed);
    if (options_.on_missing != PlanOptions::OnMissing::Continue) return fail(std::move(error));
    graph_.missing.push_back(error.text());
    return {};
  }

  Result<TaskNumbers> target_tasks(const TaskTable& table, const TaskEdges& needs) {
    TaskNumbers out;
    if (options_.scope == PlanOptions::Scope::All) return out;
    for (const auto& wanted : wanted_) {
      auto id = resolution_.server(wanted.resolved);
      if (resolution_.name(wanted.resolved).assumed) {
        graph_.warnings.push_back("'" + wanted.name +
                                  "' is in ASSUME_PROVIDED: nothing is built for it");
      }
      if (!id) continue;
      auto task = table.find(*id, wanted.task);
      if (!task) return no_such_task(*id, wanted);
      if (wanted.only == Only::Itself) {
        out.push_back(*task);
      } else {
        out.insert(out.end(), needs[*task].begin(), needs[*task].end());
      }
    }
    return out;
  }

  tl::unexpected<Error> no_such_task(recipe::RecipeId id, const WantedTask& wanted) const {
    const auto& recipe = world_.recipes[id];
    std::vector<std::string> known;
    for (const auto& task : recipe.tasks) known.push_back(task.name);
    std::string who = recipe.pn == wanted.name ? recipe.pn : wanted.name + " (" + recipe.pn + ")";
    return input_error(who + " has no task " + wanted.task + suggestion(wanted.task, known));
  }

  static TaskNumbers closure(const TaskEdges& needs, const TaskNumbers& from) {
    std::vector<bool> seen(needs.size(), false);
    TaskNumbers stack = from;
    TaskNumbers out;
    while (!stack.empty()) {
      auto number = stack.back();
      stack.pop_back();
      if (seen[number]) continue;
      seen[number] = true;
      out.push_back(number);
      for (auto need : needs[number]) {
        if (!seen[need]) stack.push_back(need);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  /// The tasks that are to be in the graph, sorted; --runall changes the targets.
  Result<TaskNumbers> select(const TaskTable& table, const TaskEdges& needs,
                             TaskNumbers& targets) const {
    if (options_.scope == PlanOptions::Scope::All) {
      TaskNumbers all(table.size());
      for (TaskNumber number = 0; number < table.size(); ++number) all[number] = number;
      return all;
    }
    TaskNumbers active = closure(needs, targets);
    if (!options_.runall.empty()) {
      active = run_all(table, needs, active, targets);
      if (active.empty()) return none_of("--runall", options_.runall);
    }
    if (!options_.runonly.empty()) {
      targets = named(active, options_.runonly, table);
      if (targets.empty()) return none_of("--runonly", options_.runonly);
      active = closure(needs, targets);
    }
    return active;
  }

  TaskNumbers run_all(const TaskTable& table, const TaskEdges& needs, TaskNumbers active,
                      TaskNumbers& targets) const {
    for (TaskNumbers before;; before = targets) {
      std::set<recipe::RecipeId> recipes;
      for (auto number : active) recipes.insert(table.recipe(number));
      targets.clear();
      for (auto id : recipes) {
        for (const auto& name : options_.runall) {
          if (auto task = table.find(id, task_name(name))) targets.push_back(*task);
        }
      }
      active = closure(needs, targets);
      if (targets == before) return active;
    }
  }

  static TaskNumbers named(const TaskNumbers& among, const std::vector<std::string>& names,
                           const TaskTable& table) {
    TaskNumbers out;
    for (auto number : among) {
      bool wanted = std::any_of(names.begin(), names.end(), [&](const auto& name) {
        return table.task(number).name == task_name(name);
      });
      if (wanted) out.push_back(number);
    }
    return out;
  }

  static tl::unexpected<Error> none_of(const std::string& option,
                                       const std::vector<std::string>& names) {
    return input_error(option + ": no recipe that the targets need has a task " +
                       join(names, " or "));
  }

  Result<void> build_graph(const TaskTable& table, const TaskEdges& needs,
                           const TaskNumbers& needed, const TaskNumbers& targets) {
    std::vector<TaskId> ids(table.size());
    for (auto number : needed) {
      ids[number] = graph_.tasks.push({table.recipe(number), &table.task(number), {}, {}});
    }
    Edges edges;
    TaskNumbers ends;
    for (auto number : needed) {
      auto& node = graph_.tasks[ids[number]];
      ends.clear();
      node.needs.reserve(needs[number].size());
      for (auto need : needs[number]) {
        node.needs.push_back(ids[need]);
        ends.push_back(ids[need].value);
        graph_.tasks[ids[need]].needed_by.push_back(ids[number]);
      }
      edges.push(ends);
    }
    add_setscene(table, needed, ids);
    for (auto number : targets) {
      if (std::find(graph_.targets.begin(), graph_.targets.end(), ids[number]) ==
          graph_.targets.end()) {
        graph_.targets.push_back(ids[number]);
      }
    }
    return order(edges);
  }

  void add_setscene(const TaskTable& table, const TaskNumbers& needed,
                    const std::vector<TaskId>& ids) {
    constexpr std::string_view kSuffix = "_setscene";
    std::vector<bool> active(table.size(), false);
    for (auto number : needed) active[number] = true;
    for (auto number : needed) {
      auto variant = table.find(table.recipe(number), table.task(number).name + "_setscene");
      if (!variant) continue;
      auto& node = graph_.tasks[ids[number]];
      node.setscene = true;
      if (table.task(*variant).depends.empty()) continue;
      std::uint32_t place = *variant - table.first(table.recipe(number));
      for (const auto& need : resolution_.needs(table.recipe(number)).of_tasks) {
        auto server = resolution_.server(need.name);
        if (need.task != place || !server) continue;
        std::size_t end = need.needed.find(kSuffix);
        auto found = table.find(*server, need.needed.substr(0, end));
        if (found && active[*found]) node.setscene_needs.push_back(ids[*found]);
      }
    }
  }

  Result<void> order(const Edges& edges) {
    auto sorted = topological_order(edges);
    if (!sorted) {
      if (options_.scope == PlanOptions::Scope::All) return {};
      return loop_error(find_loop(edges));
    }
    graph_.order.reserve(sorted->size());
    for (auto node : *sorted) graph_.order.push_back({node});
    return {};
  }

  tl::unexpected<Error> loop_error(const Nodes& loop) const {
    std::string text;
    for (std::size_t i = 0; i <= loop.size(); ++i) {
      text += (i == 0 ? "" : " -> ") + label(world_, graph_, {loop[i % loop.size()]});
    }
    return input_error("tasks wait for each other in a circle: " + text);
  }

  void list_provided() {
    for (const auto& wanted : wanted_) provide(wanted.resolved);
    std::set<recipe::RecipeId> recipes;
    for (const auto& node : graph_.tasks) recipes.insert(node.recipe);
    for (auto id : recipes) {
      const auto& needs = resolution_.needs(id);
      for (auto name : needs.builds) provide(name);
      for (const auto& need : needs.of_tasks) provide(need.name);
    }
    std::sort(graph_.provided.begin(), graph_.provided.end());
    graph_.provided.erase(std::unique(graph_.provided.begin(), graph_.provided.end()),
                          graph_.provided.end());
  }

  void provide(NameId id) {
    auto server = resolution_.server(id);
    const auto& name = resolution_.name(id);
    if (server && name.side == Side::Build && name.realm == 0)
      graph_.provided.emplace_back(name.text, *server);
  }

  Providers& providers_;
  const recipe::World& world_;
  const std::vector<Target>& targets_;
  const PlanOptions& options_;
  Resolution resolution_;
  std::vector<WantedTask> wanted_;
  TaskGraph graph_;
};

}  // namespace

std::string task_name(std::string_view text) {
  return text.starts_with("do_") ? std::string(text) : "do_" + std::string(text);
}

Target parse_target(std::string_view text) {
  std::string multiconfig;
  for (std::string_view keyword : {"mc:", "multiconfig:"}) {
    if (!text.starts_with(keyword)) continue;
    text.remove_prefix(keyword.size());
    std::size_t end = std::min(text.find(':'), text.size());
    multiconfig = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {std::string(text), "", multiconfig};
  return {std::string(text.substr(0, colon)), task_name(text.substr(colon + 1)), multiconfig};
}

Result<TaskGraph> plan([[maybe_unused]] const recipe::World& world, Providers& providers,
                       const std::vector<Target>& targets, const PlanOptions& options) {
  assert(&world == &providers.world());
  return Planner(providers, targets, options).make();
}

std::string label(const recipe::World& world, const TaskGraph& graph, TaskId id) {
  const auto& node = graph.tasks[id];
  return full_name(world.recipes[node.recipe]) + ":" + node.task->name;
}

}  // namespace hitz::graph
