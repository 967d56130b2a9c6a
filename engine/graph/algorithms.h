// SPDX-License-Identifier: Apache-2.0
#pragma once
// What Boost.Graph knows about graphs, in hitz's own words; the one place that includes it is
// algorithms.cc.

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/graph/task_graph.h"

namespace hitz::graph {

/// Every task after those it needs; nullopt when there is a circle.
std::optional<std::vector<TaskId>> topological_order(const TaskGraph& graph);
/// One circle, first task repeated at its end; empty when there is none.
std::vector<TaskId> find_cycle(const TaskGraph& graph);

/// Any directed graph: edges[i] lists where node i leads.
using Edges = std::vector<std::vector<std::uint32_t>>;
/// The nodes reached from some, themselves included, within a number of steps (-1: any), in order
/// of discovery.
std::vector<std::uint32_t> reached(const Edges& edges, const std::vector<std::uint32_t>& from,
                                   int depth = -1);
/// A shortest path; empty when there is none.
std::vector<std::uint32_t> shortest_path(const Edges& edges, std::uint32_t from, std::uint32_t to);

}  // namespace hitz::graph
