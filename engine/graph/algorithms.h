// SPDX-License-Identifier: Apache-2.0
#pragma once
// What graph theory has to say, over nodes that are numbers. The one wall around Boost.Graph.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace hitz::graph {

/// The edges of nodes 0 to size()-1, in one block: those of node n are ends[begin[n]] to
/// ends[begin[n + 1] - 1].
struct Edges {
  std::vector<std::uint32_t> begin{0};
  std::vector<std::uint32_t> ends;

  std::uint32_t size() const { return static_cast<std::uint32_t>(begin.size() - 1); }
  /// What begin() and end() of a range-for need.
  struct Range {
    const std::uint32_t* first;
    const std::uint32_t* last;
    const std::uint32_t* begin() const { return first; }
    const std::uint32_t* end() const { return last; }
  };
  Range of(std::uint32_t node) const {
    return {ends.data() + begin[node], ends.data() + begin[node + 1]};
  }
  /// Adds the next node, with its edges.
  void push(const std::vector<std::uint32_t>& to);
};

using Nodes = std::vector<std::uint32_t>;

Edges reversed(const Edges& edges);
/// Every node after those its edges lead to; nullopt when there is a loop.
std::optional<Nodes> topological_order(const Edges& edges);
/// A shortest loop through some node of the first loop found: n, its next, … and n is not repeated.
/// Empty when there is none.
Nodes find_loop(const Edges& edges);
/// The nodes that can be reached from some, these included, by at most depth edges; sorted.
constexpr std::uint32_t kAnyDepth = UINT32_MAX;
Nodes reachable(const Edges& edges, const Nodes& from, std::uint32_t depth = kAnyDepth);
/// A shortest path from one of some nodes to one of others, both ends included; empty when there is
/// none. The lower numbers win where several are as short.
Nodes shortest_path(const Edges& edges, const Nodes& from, const Nodes& to);

}  // namespace hitz::graph
