// SPDX-License-Identifier: Apache-2.0
#pragma once
// How urgent each task of a graph is, for who decides what runs next.

#include <vector>

#include "engine/base/id.h"
#include "engine/graph/task_graph.h"

namespace hitz::graph {

using Weights = IdVector<TaskId, double>;

/// BitBake's weights (facts T23): 10 for a task that nobody waits for, else 1 and the sum of the
/// weights of those who wait. A double, because they grow as fast as the number of ways up.
Weights count_weights(const TaskGraph& graph);
/// The time from the start of a task to the end of the whole graph when nothing has to wait for a
/// processor: the task with the most is first on the critical path. cost: what each takes.
Weights criticality(const TaskGraph& graph, const Weights& cost);
/// The tasks on one longest way through the graph, first to last.
std::vector<TaskId> critical_path(const TaskGraph& graph, const Weights& cost);

}  // namespace hitz::graph
