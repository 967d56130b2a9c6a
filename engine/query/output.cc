// SPDX-License-Identifier: Apache-2.0
#include "engine/query/output.h"

#include <algorithm>

#include <fmt/core.h>

#include "engine/query/attribute.h"

namespace hitz::query {

namespace {

/// A text in double quotes, as JSON and Graphviz both read it.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// Collects what each node needs, among all nodes or those of the answer.
class Writer {
 public:
  Writer(const recipe::World& world, const NodeGraph& graph, const Nodes& nodes)
      : world_(world), graph_(graph), nodes_(nodes), sorted_(nodes) {
    std::sort(sorted_.begin(), sorted_.end());
  }

  std::string labels() const {
    std::string out;
    for (auto node : nodes_) out += graph_.nodes[node].label + "\n";
    return out;
  }

  std::string labels_with_kinds() const {
    std::string out;
    for (auto node : nodes_) out += graph_.nodes[node].kind + " " + graph_.nodes[node].label + "\n";
    return out;
  }

  std::string graph() const {
    std::string out;
    for (auto node : nodes_) {
      out += graph_.nodes[node].label + "\n";
      for (auto need : needs_inside(node)) out += "  -> " + graph_.nodes[need].label + "\n";
    }
    return out;
  }

  std::string dot() const {
    std::string out = "digraph hitz {\n  node [shape=box];\n";
    for (auto node : nodes_) out += "  " + quoted(graph_.nodes[node].label) + ";\n";
    for (auto node : nodes_) {
      for (auto need : needs_inside(node)) {
        out += "  " + quoted(graph_.nodes[node].label) + " -> " + quoted(graph_.nodes[need].label) +
               ";\n";
      }
    }
    return out + "}\n";
  }

  std::string json() const {
    std::string out = "[";
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      out += (i == 0 ? "\n  " : ",\n  ") + object(nodes_[i]);
    }
    return out + (nodes_.empty() ? "]\n" : "\n]\n");
  }

 private:
  Nodes needs_inside(Node node) const {
    Nodes out;
    for (auto need : graph_.needs.of(node)) {
      if (std::binary_search(sorted_.begin(), sorted_.end(), need)) out.push_back(need);
    }
    return out;
  }

  std::string object(Node node) const {
    const auto& vertex = graph_.nodes[node];
    const auto& recipe = world_.recipes[vertex.recipe];
    std::string out = fmt::format(R"({{"label": {}, "kind": {}, "recipe": {})",
                                  quoted(vertex.label), quoted(vertex.kind), quoted(recipe.pn));
    if (vertex.task != nullptr) out += fmt::format(R"(, "task": {})", quoted(vertex.task->name));
    out += fmt::format(R"(, "version": {}, "layer": {}, "file": {}, "needs": [)",
                       quoted(version_of(recipe)), quoted(recipe.layer), quoted(recipe.file));
    bool first = true;
    for (auto need : graph_.needs.of(node)) {
      out += (first ? "" : ", ") + quoted(graph_.nodes[need].label);
      first = false;
    }
    return out + "]}";
  }

  const recipe::World& world_;
  const NodeGraph& graph_;
  const Nodes& nodes_;
  Nodes sorted_;
};

}  // namespace

std::string written(const recipe::World& world, const NodeGraph& graph, const Nodes& nodes,
                    Format format) {
  Writer writer(world, graph, nodes);
  switch (format) {
    case Format::Label: return writer.labels();
    case Format::LabelKind: return writer.labels_with_kinds();
    case Format::Json: return writer.json();
    case Format::Dot: return writer.dot();
    case Format::Graph: break;
  }
  return writer.graph();
}

}  // namespace hitz::query
