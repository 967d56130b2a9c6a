// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/algorithms.h"

#include <algorithm>

#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/graph/topological_sort.hpp>

namespace hitz::graph {

namespace {

using Graph =
    boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                       boost::no_property, std::uint32_t, std::uint32_t>;
constexpr std::uint32_t kNobody = UINT32_MAX;

Graph graph_of(const Edges& edges) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  pairs.reserve(edges.ends.size());
  for (std::uint32_t node = 0; node < edges.size(); ++node) {
    for (auto end : edges.of(node)) pairs.emplace_back(node, end);
  }
  return Graph(boost::edges_are_sorted, pairs.begin(), pairs.end(), edges.size());
}

/// Distances from a set of nodes, and who was reached through whom.
struct Reach {
  std::vector<std::uint32_t> depth;   // kNobody where not reached
  std::vector<std::uint32_t> parent;  // kNobody for the start
};

/// Boost's breadth-first search wants an end of its own making: this one marks depths and parents,
/// and does not go below the depth that is asked for.
class Marker : public boost::default_bfs_visitor {
 public:
  explicit Marker(Reach& reach) : reach_(&reach) {}
  template <class Edge>
  void tree_edge(Edge edge, const Graph& graph) const {
    auto from = boost::source(edge, graph);
    auto to = boost::target(edge, graph);
    if (reach_->depth[to] != kNobody) return;
    reach_->depth[to] = reach_->depth[from] + 1;
    reach_->parent[to] = from;
  }

 private:
  Reach* reach_;
};

Reach reach(const Graph& graph, const Nodes& from) {
  const std::size_t size = boost::num_vertices(graph);
  Reach out{std::vector<std::uint32_t>(size, kNobody), std::vector<std::uint32_t>(size, kNobody)};
  if (from.empty()) return out;
  for (auto node : from) out.depth[node] = 0;
  std::vector<boost::default_color_type> colours(size);
  auto colour =
      boost::make_iterator_property_map(colours.begin(), boost::get(boost::vertex_index, graph));
  boost::queue<std::uint32_t> queue;
  boost::breadth_first_search(graph, from.begin(), from.end(), queue, Marker(out), colour);
  return out;
}

/// The edges whose both ends lie in one strong component.
Edges inside_component(const Edges& edges, const std::vector<std::uint32_t>& component,
                       std::uint32_t which) {
  Edges out;
  Nodes kept;
  for (std::uint32_t node = 0; node < edges.size(); ++node) {
    kept.clear();
    for (auto end : edges.of(node)) {
      if (component[node] == which && component[end] == which) kept.push_back(end);
    }
    out.push(kept);
  }
  return out;
}

/// A node that lies on a loop, if there is one.
std::uint32_t node_on_loop(const Edges& edges, const std::vector<std::uint32_t>& component) {
  for (std::uint32_t node = 0; node < edges.size(); ++node) {
    for (auto end : edges.of(node)) {
      if (component[end] == component[node]) return node;
    }
  }
  return kNobody;
}

}  // namespace

void Edges::push(const std::vector<std::uint32_t>& to) {
  ends.insert(ends.end(), to.begin(), to.end());
  begin.push_back(static_cast<std::uint32_t>(ends.size()));
}

Edges reversed(const Edges& edges) {
  Edges out;
  out.begin.assign(edges.size() + 1, 0);
  for (auto end : edges.ends) ++out.begin[end + 1];
  for (std::uint32_t node = 0; node < edges.size(); ++node) out.begin[node + 1] += out.begin[node];
  out.ends.resize(edges.ends.size());
  Nodes next(out.begin.begin(), out.begin.end() - 1);
  for (std::uint32_t node = 0; node < edges.size(); ++node) {
    for (auto end : edges.of(node)) out.ends[next[end]++] = node;
  }
  return out;
}

std::optional<Nodes> topological_order(const Edges& edges) {
  Nodes order;
  order.reserve(edges.size());
  Graph graph = graph_of(edges);
  try {  // the fence around Boost, which reports a loop by throwing
    boost::topological_sort(graph, std::back_inserter(order));
  } catch (const boost::not_a_dag&) {
    return std::nullopt;
  }
  return order;
}

Nodes find_loop(const Edges& edges) {
  std::vector<std::uint32_t> component(edges.size());
  Graph graph = graph_of(edges);
  boost::strong_components(graph, boost::make_iterator_property_map(
                                      component.begin(), boost::get(boost::vertex_index, graph)));
  std::uint32_t start = node_on_loop(edges, component);
  if (start == kNobody) return {};
  Edges inside = inside_component(edges, component, component[start]);
  Nodes next(inside.of(start).begin(), inside.of(start).end());
  if (std::find(next.begin(), next.end(), start) != next.end()) return {start};
  Nodes back = shortest_path(inside, next, {start});
  std::rotate(back.begin(), back.end() - 1, back.end());
  return back;
}

Nodes reachable(const Edges& edges, const Nodes& from, std::uint32_t depth) {
  Reach found = reach(graph_of(edges), from);
  Nodes out;
  for (std::uint32_t node = 0; node < edges.size(); ++node) {
    if (found.depth[node] != kNobody && found.depth[node] <= depth) out.push_back(node);
  }
  return out;
}

Nodes shortest_path(const Edges& edges, const Nodes& from, const Nodes& to) {
  Reach found = reach(graph_of(edges), from);
  std::uint32_t best = kNobody;
  for (auto node : to) {
    if (found.depth[node] == kNobody) continue;
    if (best == kNobody || found.depth[node] < found.depth[best]) best = node;
  }
  Nodes path;
  for (auto node = best; node != kNobody; node = found.parent[node]) path.push_back(node);
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace hitz::graph
