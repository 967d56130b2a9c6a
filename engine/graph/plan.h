// SPDX-License-Identifier: Apache-2.0
#pragma once
// Targets to the graph of tasks.

#include <string>
#include <string_view>
#include <vector>

#include "engine/graph/providers.h"
#include "engine/graph/task_graph.h"

namespace hitz::graph {

struct PlanOptions {
  std::string default_task = "do_build";
};

/// "pn", "pn:do_x" or "pn:x".
Target parse_target(std::string_view text);

/// The tasks that targets need and what each waits for. "world" and "universe" stand for many
/// recipes. Errors: Input; nothing provides a name, a recipe has no such task, tasks wait for each
/// other in a circle.
Result<TaskGraph> plan(const recipe::World& world, Providers& providers,
                       const std::vector<Target>& targets, const PlanOptions& options = {});

/// "busybox:do_compile".
std::string label(const recipe::World& world, const TaskGraph& graph, TaskId id);

/// How long the chain of tasks behind each one is, when a task takes what weight says: the critical
/// path first.
IdVector<TaskId, double> criticality(const TaskGraph& graph,
                                     const IdVector<TaskId, double>& weight);

}  // namespace hitz::graph
