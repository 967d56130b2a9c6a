// SPDX-License-Identifier: Apache-2.0
#include "engine/query/node_graph.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "engine/base/text.h"
#include "engine/graph/plan.h"

namespace hitz::query {

namespace {

using graph::Side;

/// Classes that make a kind, in the order in which they are asked.
constexpr std::pair<const char*, const char*> kClassKinds[] = {
    {"image", "image"},           {"packagegroup", "packagegroup"},
    {"kernel", "kernel"},         {"module", "module"},
    {"nativesdk", "nativesdk"},   {"cross", "cross"},
    {"cross-canadian", "cross"},  {"native", "native"},
    {"devicetree", "devicetree"}, {"lib_package", "library"},
};

bool inherits(const recipe::Recipe& recipe, std::string_view name) {
  const std::string file = std::string(name) + ".bbclass";
  return std::any_of(recipe.inherits.begin(), recipe.inherits.end(), [&](const auto& path) {
    return path == name || path == file || path.ends_with("/" + file);
  });
}

std::string kind_of(const recipe::Recipe& recipe) {
  for (const auto& [name, kind] : kClassKinds) {
    if (recipe.variant == name || inherits(recipe, name)) return kind;
  }
  bool library = recipe.pn.starts_with("lib") || recipe.pn.ends_with("lib");
  return library ? "library" : "recipe";
}

class Recipes {
 public:
  Recipes(const recipe::World& world, graph::Providers& providers)
      : world_(world), providers_(providers) {}

  Result<NodeGraph> make() {
    auto ids = TRY(providers_.universe());
    out_.level = Level::Recipes;
    for (auto id : ids) {
      const auto& recipe = world_.recipes[id];
      out_.nodes.push_back({recipe.pn, kind_of(recipe), id, nullptr});
    }
    for (Node node = 0; node < out_.nodes.size(); ++node) {
      out_.by_label.emplace(out_.nodes[node].label, node);
    }
    for (auto id : ids) out_.needs.push(TRY(needs_of(world_.recipes[id])));
    out_.needed_by = reversed(out_.needs);
    return std::move(out_);
  }

 private:
  Result<Nodes> needs_of(const recipe::Recipe& recipe) {
    Nodes out;
    // A name may be that of a task, "recipe:do_task": it is its recipe that is needed.
    auto add = [&](const std::vector<std::string>& names, Side side) -> Result<void> {
      for (const auto& name : names) {
        auto node = TRY(provider(recipe, name.substr(0, name.find(':')), side));
        if (node && out_.nodes[*node].label != recipe.pn) out.push_back(*node);
      }
      return {};
    };
    TRY_VOID(add(recipe.depends, Side::Build));
    TRY_VOID(add(recipe.rdepends, Side::Runtime));
    TRY_VOID(add(recipe.rrecommends, Side::Runtime));
    for (const auto& [name, package] : recipe.packages) {
      TRY_VOID(add(package.rdepends, Side::Runtime));
      TRY_VOID(add(package.rrecommends, Side::Runtime));
    }
    for (const auto& task : recipe.tasks) {
      TRY_VOID(add(task.depends, Side::Build));
      TRY_VOID(add(task.rdepends, Side::Runtime));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  Result<std::optional<Node>> provider(const recipe::Recipe& user, const std::string& name,
                                       Side side) {
    auto [known, fresh] = known_.try_emplace({side, name});
    if (!fresh || providers_.assumed(name)) return known->second;
    auto choice = TRY(providers_.choose(name, side));
    if (choice.candidates.empty()) {
      out_.warnings.push_back(providers_.absence(name, side, choice.why, {user.pn}));
    } else {
      known->second = out_.find(world_.recipes[choice.candidates[0]].pn);
    }
    return known->second;
  }

  const recipe::World& world_;
  graph::Providers& providers_;
  NodeGraph out_;
  std::map<std::pair<Side, std::string>, std::optional<Node>> known_;
};

Result<NodeGraph> task_nodes(const recipe::World& world, graph::Providers& providers) {
  graph::PlanOptions options;
  options.scope = graph::PlanOptions::Scope::All;
  options.on_missing = graph::PlanOptions::OnMissing::Continue;
  auto tasks = TRY(graph::plan(world, providers, {{"universe", ""}}, options));
  NodeGraph out;
  out.level = Level::Tasks;
  out.warnings = tasks.warnings;
  Nodes order(tasks.tasks.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::string> labels;
  for (auto node : order) labels.push_back(label(world, tasks, {node}));
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return labels[a] < labels[b]; });
  Nodes place(order.size());
  for (Node node = 0; node < order.size(); ++node) place[order[node]] = node;
  for (auto from : order) {
    const auto& task = tasks.tasks[graph::TaskId{from}];
    out.nodes.push_back({labels[from], task.task->name, task.recipe, task.task});
    Nodes needs;
    for (auto need : task.needs) needs.push_back(place[need.value]);
    std::sort(needs.begin(), needs.end());
    out.needs.push(needs);
  }
  for (Node node = 0; node < out.nodes.size(); ++node) {
    out.by_label.emplace(out.nodes[node].label, node);
  }
  out.needed_by = reversed(out.needs);
  return out;
}

}  // namespace

std::optional<Node> NodeGraph::find(std::string_view label) const {
  auto found = by_label.find(label);
  return found == by_label.end() ? std::nullopt : std::optional(found->second);
}

Result<NodeGraph> node_graph(const recipe::World& world, graph::Providers& providers, Level level) {
  if (level == Level::Tasks) return task_nodes(world, providers);
  return Recipes(world, providers).make();
}

}  // namespace hitz::query
