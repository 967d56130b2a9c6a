// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/drawing.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "engine/base/text.h"
#include "engine/graph/algorithms.h"
#include "engine/graph/providers.h"

namespace hitz::graph {

namespace {

const recipe::Recipe& recipe_of(const recipe::World& world, const TaskGraph& graph, TaskId id) {
  return world.recipes[graph.tasks[id].recipe];
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// "busybox.do_compile", as BitBake's dot files have it.
std::vector<std::string> dot_names(const recipe::World& world, const TaskGraph& graph) {
  std::vector<std::string> out;
  out.reserve(graph.tasks.size());
  for (const auto& node : graph.tasks)
    out.push_back(full_name(world.recipes[node.recipe]) + "." + node.task->name);
  return out;
}

Nodes nodes_named(const Drawing& drawing, std::string_view wanted) {
  Nodes out;
  std::string prefix = std::string(wanted) + ":";
  for (std::uint32_t place = 0; place < drawing.nodes.size(); ++place) {
    const auto& name = drawing.nodes[place].name;
    if (name == wanted || (drawing.level == Level::Task && name.starts_with(prefix)))
      out.push_back(place);
  }
  return out;
}

Result<Nodes> found(const Drawing& drawing, std::string_view wanted) {
  Nodes out = nodes_named(drawing, wanted);
  if (!out.empty()) return out;
  std::vector<std::string> known;
  for (const auto& node : drawing.nodes) known.push_back(node.name);
  return input_error("'" + std::string(wanted) + "' is not among what the targets need" +
                     suggestion(wanted, known));
}

}  // namespace

std::string full_name(const recipe::Recipe& recipe) {
  std::string_view multiconfig = multiconfig_of(recipe);
  return multiconfig.empty() ? recipe.pn : "mc:" + std::string(multiconfig) + ":" + recipe.pn;
}

std::string task_depends(const recipe::World& world, const TaskGraph& graph) {
  auto names = dot_names(world, graph);
  std::vector<std::uint32_t> sorted(names.size());
  std::iota(sorted.begin(), sorted.end(), 0U);
  std::sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return names[a] < names[b]; });
  std::vector<std::uint32_t> rank(names.size());
  for (std::uint32_t place = 0; place < sorted.size(); ++place) rank[sorted[place]] = place;
  std::string out = "digraph depends {\n";
  std::vector<std::uint32_t> needs;
  for (auto at : sorted) {
    const auto& node = graph.tasks[TaskId{at}];
    const auto& recipe = world.recipes[node.recipe];
    out += "\"" + names[at] + "\" [label=\"" + full_name(recipe) + " " + node.task->name + "\\n" +
           recipe.pe + ":" + recipe.pv + "-" + recipe.pr + "\\n" + recipe.virtual_file + "\"]\n";
    needs.clear();
    for (auto need : node.needs) needs.push_back(rank[need.value]);
    std::sort(needs.begin(), needs.end());
    for (auto need : needs) out += "\"" + names[at] + "\" -> \"" + names[sorted[need]] + "\"\n";
  }
  return out + "}\n";
}

std::string build_list(const recipe::World& world, const TaskGraph& graph) {
  std::set<std::string> names;
  for (const auto& node : graph.tasks) names.insert(full_name(world.recipes[node.recipe]));
  std::string out;
  for (const auto& name : names) out += name + "\n";
  return out;
}

Drawing draw(const recipe::World& world, const TaskGraph& graph, Level level) {
  std::vector<std::string> names;
  std::map<std::string, std::uint32_t> places;
  for (std::uint32_t i = 0; i < graph.tasks.size(); ++i) {
    std::string name = full_name(recipe_of(world, graph, {i}));
    if (level == Level::Task) name += ":" + graph.tasks[TaskId{i}].task->name;
    places.emplace(name, 0);
    names.push_back(std::move(name));
  }
  Drawing out;
  out.level = level;
  for (auto& [name, place] : places) {
    place = static_cast<std::uint32_t>(out.nodes.size());
    out.nodes.push_back({name, {}});
  }
  for (std::uint32_t i = 0; i < graph.tasks.size(); ++i) {
    std::uint32_t from = places.at(names[i]);
    for (auto need : graph.tasks[TaskId{i}].needs) {
      std::uint32_t to = places.at(names[need.value]);
      if (to != from) out.nodes[from].needs.push_back(to);
    }
  }
  for (auto& node : out.nodes) {
    std::sort(node.needs.begin(), node.needs.end());
    node.needs.erase(std::unique(node.needs.begin(), node.needs.end()), node.needs.end());
  }
  return out;
}

std::string as_text(const Drawing& drawing) {
  std::string out;
  for (const auto& node : drawing.nodes) {
    out += node.name + "\n";
    for (auto need : node.needs) out += node.name + " -> " + drawing.nodes[need].name + "\n";
  }
  return out;
}

std::string as_dot(const Drawing& drawing) {
  std::string out = "digraph depends {\n";
  for (const auto& node : drawing.nodes) {
    out += quoted(node.name) + "\n";
    for (auto need : node.needs)
      out += quoted(node.name) + " -> " + quoted(drawing.nodes[need].name) + "\n";
  }
  return out + "}\n";
}

std::string as_json(const Drawing& drawing) {
  std::string out = std::string("{\"level\":\"") +
                    (drawing.level == Level::Task ? "task" : "recipe") + "\",\"needs\":{";
  const char* before = "\n";
  for (const auto& node : drawing.nodes) {
    std::vector<std::string> needs;
    for (auto need : node.needs) needs.push_back(quoted(drawing.nodes[need].name));
    out += before + quoted(node.name) + ":[" + join(needs, ",") + "]";
    before = ",\n";
  }
  return out + "\n}}\n";
}

Result<std::string> way(const Drawing& drawing, std::string_view from, std::string_view to) {
  Nodes starts = TRY(found(drawing, from));
  Nodes ends = TRY(found(drawing, to));
  Edges edges;
  for (const auto& node : drawing.nodes) edges.push(node.needs);
  Nodes steps = shortest_path(edges, starts, ends);
  if (steps.empty())
    return input_error("nothing of " + std::string(from) + " waits for " + std::string(to));
  std::string out;
  for (auto step : steps) out += drawing.nodes[step].name + "\n";
  return out;
}

}  // namespace hitz::graph
