// SPDX-License-Identifier: Apache-2.0
#pragma once
// A graph of tasks as text: BitBake's task-depends.dot and pn-buildlist, and hitz's own forms.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/task_graph.h"

namespace hitz::graph {

/// "busybox"; "mc:NAME:busybox" of a multiconfig.
std::string full_name(const recipe::Recipe& recipe);

/// What 'bitbake -g' writes to task-depends.dot: every task with its label and what it waits for.
std::string task_depends(const recipe::World& world, const TaskGraph& graph);
/// What it writes to pn-buildlist: the recipes whose tasks are there, a line each.
std::string build_list(const recipe::World& world, const TaskGraph& graph);

enum class Level { Task, Recipe };

/// Nodes with names, in alphabetical order, and what each waits for.
struct Drawing {
  struct Node {
    std::string name;                  // "busybox:do_compile", or "busybox"
    std::vector<std::uint32_t> needs;  // places of other nodes, sorted
  };
  Level level = Level::Task;
  std::vector<Node> nodes;
};

Drawing draw(const recipe::World& world, const TaskGraph& graph, Level level);
/// A line for each node and each edge.
std::string as_text(const Drawing& drawing);
std::string as_dot(const Drawing& drawing);
/// {"level":"task","needs":{"NAME":["NAME",…],…}}
std::string as_json(const Drawing& drawing);
/// A shortest way from one node to another, a line a step. A recipe's name stands for all its
/// tasks. Errors: Input, no such node, or no way.
Result<std::string> way(const Drawing& drawing, std::string_view from, std::string_view to);

}  // namespace hitz::graph
