// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/algorithms.h"

#include <algorithm>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/topological_sort.hpp>

namespace hitz::graph {

namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

Graph boost_graph(const TaskGraph& graph) {
  Graph out(graph.tasks.size());
  for (std::uint32_t i = 0; i < graph.tasks.size(); ++i) {
    for (TaskId need : graph.tasks[TaskId{i}].needs) boost::add_edge(i, need.value, out);
  }
  return out;
}

Graph boost_graph(const Edges& edges) {
  Graph out(edges.size());
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    for (std::uint32_t to : edges[i]) boost::add_edge(i, to, out);
  }
  return out;
}

// Remembers the tree that the search walks, and the first edge that closes a circle.
struct CycleVisitor : boost::default_dfs_visitor {
  std::vector<Vertex>* parent;
  std::vector<Vertex>* cycle;
  void tree_edge(Edge edge, const Graph& graph) {
    (*parent)[boost::target(edge, graph)] = boost::source(edge, graph);
  }
  void back_edge(Edge edge, const Graph& graph) {
    if (!cycle->empty()) return;
    Vertex head = boost::target(edge, graph);
    for (Vertex at = boost::source(edge, graph); at != head; at = (*parent)[at])
      cycle->push_back(at);
    cycle->push_back(head);
    std::reverse(cycle->begin(), cycle->end());
    cycle->push_back(head);
  }
};

}  // namespace

std::vector<TaskId> find_cycle(const TaskGraph& graph) {
  Graph directed = boost_graph(graph);
  std::vector<Vertex> parent(graph.tasks.size()), cycle;
  CycleVisitor visitor;
  visitor.parent = &parent;
  visitor.cycle = &cycle;
  boost::depth_first_search(directed, boost::visitor(visitor));
  std::vector<TaskId> out;
  for (Vertex vertex : cycle) out.push_back(TaskId{static_cast<std::uint32_t>(vertex)});
  return out;
}

std::optional<std::vector<TaskId>> topological_order(const TaskGraph& graph) {
  std::vector<Vertex> order;
  order.reserve(graph.tasks.size());
  Graph directed = boost_graph(graph);
  try {  // Boost tells of a circle by throwing
    boost::topological_sort(directed, std::back_inserter(order));
  } catch (const boost::not_a_dag&) {
    return std::nullopt;
  }
  std::vector<TaskId> out;
  out.reserve(order.size());
  for (Vertex vertex : order) out.push_back(TaskId{static_cast<std::uint32_t>(vertex)});
  return out;
}

std::vector<std::uint32_t> reached(const Edges& edges, const std::vector<std::uint32_t>& from,
                                   int depth) {
  std::vector<std::uint32_t> out;
  std::vector<bool> seen(edges.size(), false);
  for (std::uint32_t start : from) {
    if (!seen[start]) out.push_back(start);
    seen[start] = true;
  }
  std::size_t level_begin = 0;
  for (int step = 0; level_begin < out.size() && (depth < 0 || step < depth); ++step) {
    std::size_t level_end = out.size();
    for (; level_begin < level_end; ++level_begin) {
      for (std::uint32_t next : edges[out[level_begin]]) {
        if (!seen[next]) out.push_back(next);
        seen[next] = true;
      }
    }
  }
  return out;
}

std::vector<std::uint32_t> shortest_path(const Edges& edges, std::uint32_t from, std::uint32_t to) {
  Graph graph = boost_graph(edges);
  std::vector<Vertex> parent(edges.size());
  for (std::size_t i = 0; i < parent.size(); ++i) parent[i] = i;
  boost::breadth_first_search(graph, from,
                              boost::visitor(boost::make_bfs_visitor(boost::record_predecessors(
                                  parent.data(), boost::on_tree_edge()))));
  if (from != to && parent[to] == to) return {};
  std::vector<std::uint32_t> out;
  for (Vertex at = to;; at = parent[at]) {
    out.push_back(static_cast<std::uint32_t>(at));
    if (at == from) break;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace hitz::graph
