// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/weight.h"

#include <algorithm>

namespace hitz::graph {

Weights count_weights(const TaskGraph& graph) {
  Weights out(graph.tasks.size(), 1);
  for (auto at = graph.order.rbegin(); at != graph.order.rend(); ++at) {
    const auto& node = graph.tasks[*at];
    if (node.needed_by.empty()) out[*at] = 10;
    for (auto user : node.needed_by) out[*at] += out[user];
  }
  return out;
}

Weights criticality(const TaskGraph& graph, const Weights& cost) {
  Weights out(graph.tasks.size(), 0);
  for (auto at = graph.order.rbegin(); at != graph.order.rend(); ++at) {
    for (auto user : graph.tasks[*at].needed_by) out[*at] = std::max(out[*at], out[user]);
    out[*at] += cost[*at];
  }
  return out;
}

std::vector<TaskId> critical_path(const TaskGraph& graph, const Weights& cost) {
  Weights weights = criticality(graph, cost);
  auto heaviest = [&](const std::vector<TaskId>& among) {
    return *std::max_element(among.begin(), among.end(),
                             [&](auto a, auto b) { return weights[a] < weights[b]; });
  };
  std::vector<TaskId> path;
  if (graph.order.empty()) return path;
  path.push_back(heaviest(graph.order));
  while (!graph.tasks[path.back()].needed_by.empty()) {
    path.push_back(heaviest(graph.tasks[path.back()].needed_by));
  }
  return path;
}

}  // namespace hitz::graph
