// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/plan.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/text.h"
#include "engine/graph/algorithms.h"

namespace hitz::graph {

namespace {

using recipe::Recipe;
using recipe::Task;

class Planner {
 public:
  Planner(const recipe::World& world, Providers& providers, const PlanOptions& options)
      : world_(world), providers_(providers), options_(options) {}

  Result<TaskGraph> run(const std::vector<Target>& targets) {
    for (const auto& target : targets) TRY_VOID(add_target(target));
    while (!open_.empty()) {
      TaskId id = open_.front();
      open_.pop_front();
      TRY_VOID(connect(id));
    }
    TRY_VOID(connect_recursive());
    return finish();
  }

 private:
  // ---- nodes
  TaskId node(RecipeId recipe, const Task* task) {
    auto [at, fresh] = ids_.emplace(task, TaskId{static_cast<std::uint32_t>(graph_.tasks.size())});
    if (fresh) {
      graph_.tasks.push(TaskNode{recipe, task, {}, {}});
      needs_.push({});
      open_.push_back(at->second);
    }
    return at->second;
  }

  void edge(TaskId from, TaskId to) {
    if (from != to) needs_[from].insert(to);
  }

  void edge_if_there(TaskId from, RecipeId recipe, const std::string& task_name) {
    if (const Task* task = world_.recipes[recipe].task(task_name)) edge(from, node(recipe, task));
  }

  // ---- targets
  Result<void> add_target(const Target& target) {
    std::string task = target.task.empty() ? options_.default_task : target.task;
    if (target.name == "world" || target.name == "universe")
      return add_many(target.name == "world", task);
    auto id = TRY(providers_.build(target.name, ""));
    if (!id)
      return input_error("'" + target.name + "' is in ASSUME_PROVIDED: there is nothing to build");
    const Recipe& recipe = world_.recipes[*id];
    const Task* found = recipe.task(task);
    if (found == nullptr) {
      std::vector<std::string> names;
      for (const auto& one : recipe.tasks) names.push_back(one.name);
      return input_error("Task " + task + " does not exist for target " + target.name + " (" +
                         recipe.file + ")" + suggestion(task, names));
    }
    graph_.targets.push_back(node(*id, found));
    return {};
  }

  Result<void> add_many(bool world_only, const std::string& task) {
    for (RecipeId id : providers_.preferred()) {
      const Recipe& recipe = world_.recipes[id];
      if (world_only && (recipe.exclude_from_world || !belongs_to_world(recipe))) continue;
      if (const Task* found = recipe.task(task)) graph_.targets.push_back(node(id, found));
    }
    if (graph_.targets.empty()) return input_error("no recipe has the task " + task);
    return {};
  }

  static bool belongs_to_world(const Recipe& recipe) {
    return std::none_of(recipe.provides.begin(), recipe.provides.end(),
                        [](const std::string& name) { return name.starts_with("virtual/"); });
  }

  // ---- edges
  std::string who(const Recipe& recipe) const {
    return recipe.file + (recipe.variant.empty() ? "" : " (" + recipe.variant + ")");
  }

  Result<void> connect(TaskId id) {
    RecipeId own = graph_.tasks[id].recipe;
    const Recipe& recipe = world_.recipes[own];
    const Task& task = *graph_.tasks[id].task;
    for (const auto& name : task.predecessors) edge_if_there(id, own, name);
    if (!task.deptask.empty()) {
      for (const auto& name : recipe.depends) {
        auto provider = TRY(providers_.build(name, who(recipe)));
        if (!provider) continue;
        for (const auto& wanted : task.deptask) edge_if_there(id, *provider, wanted);
      }
    }
    if (!task.rdeptask.empty()) {
      for (RecipeId provider : TRY(runtime_of(own))) {
        for (const auto& wanted : task.rdeptask) edge_if_there(id, provider, wanted);
      }
    }
    for (const auto& entry : task.depends) TRY_VOID(connect_named(id, entry, recipe, Way::Build));
    for (const auto& entry : task.rdepends)
      TRY_VOID(connect_named(id, entry, recipe, Way::Runtime));
    if (!task.recrdeptask.empty()) recursive_.push_back(id);
    return {};
  }

  enum class Way { Build, Runtime };

  Result<void> connect_named(TaskId id, const std::string& entry, const Recipe& recipe, Way way) {
    std::size_t colon = entry.rfind(':');
    if (colon == std::string::npos)
      return input_error("Task " + graph_.tasks[id].task->name + " of " + who(recipe) +
                         " depends on '" + entry + "', which is not 'recipe:task'");
    std::string name = entry.substr(0, colon), wanted = entry.substr(colon + 1);
    std::optional<RecipeId> provider;
    if (way == Way::Runtime) {
      provider = TRY(providers_.runtime(name, who(recipe)));
    } else {
      provider = TRY(providers_.build(name, who(recipe)));
    }
    if (!provider) return {};
    if (world_.recipes[*provider].task(wanted) == nullptr) {
      return input_error("Task " + graph_.tasks[id].task->name + " in " + who(recipe) +
                         " depends upon non-existent task " + wanted + " in " +
                         world_.recipes[*provider].file);
    }
    edge_if_there(id, *provider, wanted);
    return {};
  }

  // The recipes of what a recipe's packages need and recommend.
  Result<std::vector<RecipeId>> runtime_of(RecipeId id) {
    if (auto found = runtime_cache_.find(id); found != runtime_cache_.end()) return found->second;
    const Recipe& recipe = world_.recipes[id];
    std::set<RecipeId> out;
    auto add = [&](const std::vector<std::string>& names, bool needed) -> Result<void> {
      for (const auto& name : names) {
        auto provider =
            needed ? TRY(providers_.runtime(name, who(recipe))) : providers_.runtime_if_any(name);
        if (provider && *provider != id) out.insert(*provider);
      }
      return {};
    };
    TRY_VOID(add(recipe.rdepends, true));
    TRY_VOID(add(recipe.rrecommends, false));
    for (const auto& [name, package] : recipe.packages) {
      TRY_VOID(add(package.rdepends, true));
      TRY_VOID(add(package.rrecommends, false));
    }
    return runtime_cache_[id] = {out.begin(), out.end()};
  }

  Result<std::vector<RecipeId>> build_of(RecipeId id) {
    std::vector<RecipeId> out;
    const Recipe& recipe = world_.recipes[id];
    for (const auto& name : recipe.depends) {
      if (auto provider = TRY(providers_.build(name, who(recipe)))) out.push_back(*provider);
    }
    return out;
  }

  // recrdeptask: the named tasks of every recipe that can be reached through what the task waits
  // for, and through what those recipes need at build and at run time; tasks found so are connected
  // in turn until nothing new is met.
  Result<void> connect_recursive() {
    for (std::size_t next = 0; next < recursive_.size(); ++next) {
      TaskId id = recursive_[next];
      const Task& task = *graph_.tasks[id].task;
      for (RecipeId reached : TRY(reachable(id))) {
        for (const auto& wanted : task.recrdeptask) {
          const Task* found = world_.recipes[reached].task(wanted);
          if (found == nullptr || found == &task) continue;
          bool same_kind = std::find(found->recrdeptask.begin(), found->recrdeptask.end(),
                                     found->name) != found->recrdeptask.end() &&
                           found->name == task.name;
          if (!same_kind || reached != graph_.tasks[id].recipe) edge(id, node(reached, found));
        }
      }
      while (!open_.empty()) {
        TaskId fresh = open_.front();
        open_.pop_front();
        TRY_VOID(connect(fresh));
      }
    }
    return {};
  }

  Result<std::set<RecipeId>> reachable(TaskId id) {
    std::set<RecipeId> seen;
    std::vector<RecipeId> open = {graph_.tasks[id].recipe};
    std::unordered_set<TaskId> met = {id};
    std::vector<TaskId> walk = {id};
    while (!walk.empty()) {  // what the task itself waits for
      TaskId at = walk.back();
      walk.pop_back();
      open.push_back(graph_.tasks[at].recipe);
      for (TaskId need : needs_[at]) {
        if (met.insert(need).second) walk.push_back(need);
      }
    }
    while (!open.empty()) {
      RecipeId at = open.back();
      open.pop_back();
      if (!seen.insert(at).second) continue;
      for (RecipeId other : TRY(build_of(at))) open.push_back(other);
      for (RecipeId other : TRY(runtime_of(at))) open.push_back(other);
    }
    return seen;
  }

  Result<TaskGraph> finish() {
    std::size_t count = graph_.tasks.size();
    for (std::uint32_t i = 0; i < count; ++i) {
      TaskId id{i};
      auto& needs = graph_.tasks[id].needs;
      needs.assign(needs_[id].begin(), needs_[id].end());
      for (TaskId need : needs) graph_.tasks[need].needed_by.push_back(id);
    }
    auto order = topological_order(graph_);
    if (order) {
      graph_.order = std::move(*order);
      return std::move(graph_);
    }
    std::string loop;
    for (TaskId id : find_cycle(graph_))
      loop += (loop.empty() ? "" : " -> ") + label(world_, graph_, id);
    return input_error("tasks wait for each other in a circle: " + loop);
  }

  const recipe::World& world_;
  Providers& providers_;
  const PlanOptions& options_;
  TaskGraph graph_;
  IdVector<TaskId, std::set<TaskId>> needs_;
  std::unordered_map<const Task*, TaskId> ids_;
  std::deque<TaskId> open_;
  std::vector<TaskId> recursive_;
  std::unordered_map<RecipeId, std::vector<RecipeId>> runtime_cache_;
};

}  // namespace

Target parse_target(std::string_view text) {
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {std::string(text), ""};
  std::string task(text.substr(colon + 1));
  if (!task.starts_with("do_")) task.insert(0, "do_");
  return {std::string(text.substr(0, colon)), std::move(task)};
}

Result<TaskGraph> plan(const recipe::World& world, Providers& providers,
                       const std::vector<Target>& targets, const PlanOptions& options) {
  return Planner(world, providers, options).run(targets);
}

std::string label(const recipe::World& world, const TaskGraph& graph, TaskId id) {
  const TaskNode& node = graph.tasks[id];
  return world.recipes[node.recipe].pn + ":" + node.task->name;
}

IdVector<TaskId, double> criticality(const TaskGraph& graph,
                                     const IdVector<TaskId, double>& weight) {
  IdVector<TaskId, double> out(graph.tasks.size(), 0.0);
  for (auto at = graph.order.rbegin(); at != graph.order.rend(); ++at) {
    double behind = 0;
    for (TaskId later : graph.tasks[*at].needed_by) behind = std::max(behind, out[later]);
    out[*at] = behind + weight[*at];
  }
  return out;
}

}  // namespace hitz::graph
