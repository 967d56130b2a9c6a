// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/algorithms.h"

#include "tests/support/catch.h"

using namespace hitz::graph;

namespace {

Edges edges_of(const std::vector<Nodes>& lists) {
  Edges out;
  for (const auto& list : lists) out.push(list);
  return out;
}

}  // namespace

TEST_CASE("graph: the topological order puts a node after those its edges lead to", "[graph]") {
  CHECK(topological_order(edges_of({{1, 2}, {2}, {}})) == std::optional<Nodes>({2, 1, 0}));
}

TEST_CASE("graph: a graph with a loop has no topological order", "[graph]") {
  CHECK_FALSE(topological_order(edges_of({{1}, {0}})).has_value());
}

TEST_CASE("graph: the loop that is found is the shortest through its node", "[graph]") {
  CHECK(find_loop(edges_of({{}, {2}, {3, 4}, {4}, {1}})) == Nodes{1, 2, 4});
  CHECK(find_loop(edges_of({{1}, {1}})) == Nodes{1});
  CHECK(find_loop(edges_of({{1}, {}})).empty());
}

TEST_CASE("graph: reachable counts edges and the nodes it starts from", "[graph]") {
  Edges chain = edges_of({{1}, {2}, {3}, {}});
  CHECK(reachable(chain, {0}) == Nodes{0, 1, 2, 3});
  CHECK(reachable(chain, {0}, 1) == Nodes{0, 1});
  CHECK(reachable(chain, {1}, 0) == Nodes{1});
  CHECK(reachable(reversed(chain), {2}) == Nodes{0, 1, 2});
}

TEST_CASE("graph: a shortest path has both ends, and none is empty", "[graph]") {
  Edges edges = edges_of({{1, 2}, {3}, {4}, {4}, {}});
  CHECK(shortest_path(edges, {0}, {4}) == Nodes{0, 2, 4});
  CHECK(shortest_path(edges, {4}, {0}).empty());
  CHECK(shortest_path(edges, {2}, {2}) == Nodes{2});
}
