// SPDX-License-Identifier: Apache-2.0
#include "engine/query/evaluate.h"

#include <fnmatch.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/graph/plan.h"
#include "engine/query/attribute.h"

namespace hitz::query {

namespace {

Nodes united(const Nodes& a, const Nodes& b) {
  Nodes out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
Nodes without(const Nodes& a, const Nodes& b) {
  Nodes out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
Nodes common(const Nodes& a, const Nodes& b) {
  Nodes out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

/// The edges that lie among some nodes.
graph::Edges within(const graph::Edges& edges, const Nodes& nodes) {
  graph::Edges out;
  for (Node node = 0; node < edges.size(); ++node) {
    Nodes kept;
    if (std::binary_search(nodes.begin(), nodes.end(), node)) {
      auto range = edges.of(node);
      Nodes all(range.begin(), range.end());
      std::sort(all.begin(), all.end());
      kept = common(all, nodes);
    }
    out.push(kept);
  }
  return out;
}

class Evaluation {
 public:
  explicit Evaluation(const Place& place) : place_(place) {}

  Result<Nodes> top(const Expression& expression) {
    const auto* call = std::get_if<Call>(&expression.body);
    if (call != nullptr && call->function == Function::SomePath) return path(*call);
    return sorted(expression);
  }

 private:
  Result<Nodes> sorted(const Expression& expression) {
    return std::visit([&](const auto& body) { return of(body, expression.column); },
                      expression.body);
  }

  tl::unexpected<Error> wrong(std::size_t column, std::string message) const {
    return fail(error_at(place_.text, column, std::move(message)));
  }

  // ---- words
  Result<Nodes> of(const Word& word, std::size_t column) {
    if (word.text == "*" || word.text == "..." || word.text == "//...") return everything();
    if (word.text.find_first_of("*?[") != std::string::npos) return matching(word.text, column);
    if (auto node = TRY(one(word.text))) return Nodes{*node};
    return wrong(column, absence(word.text));
  }

  Nodes everything() const {
    Nodes out(place_.graph.nodes.size());
    for (Node node = 0; node < out.size(); ++node) out[node] = node;
    return out;
  }

  Result<Nodes> matching(const std::string& pattern, std::size_t column) const {
    Nodes out;
    for (Node node = 0; node < place_.graph.nodes.size(); ++node) {
      const auto& label = place_.graph.nodes[node].label;
      if (fnmatch(pattern.c_str(), label.c_str(), 0) == 0) out.push_back(node);
    }
    if (out.empty()) return wrong(column, "nothing matches '" + pattern + "'");
    return out;
  }

  /// The node of a label; a name that is provided stands for its provider, a recipe among tasks for
  /// its do_build.
  Result<std::optional<Node>> one(const std::string& text) {
    auto target = graph::parse_target(text);
    bool tasks = place_.graph.level == Level::Tasks;
    if (tasks && target.task.empty()) target.task = "do_build";
    auto label = [&](const std::string& pn) { return tasks ? pn + ":" + target.task : pn; };
    if (!tasks && !target.task.empty()) return std::nullopt;
    if (auto node = place_.graph.find(label(target.name))) return node;
    auto choice = TRY(place_.providers.choose(target.name, graph::Side::Build));
    if (choice.candidates.empty()) return std::nullopt;
    return place_.graph.find(label(place_.world.recipes[choice.candidates[0]].pn));
  }

  std::string absence(const std::string& text) const {
    auto target = graph::parse_target(text);
    if (place_.graph.level == Level::Recipes) {
      if (!target.task.empty()) return "'" + text + "' is a task: queries of tasks need --tasks";
      return "there is no recipe '" + text + "'" + suggestion(text, place_.providers.all_names());
    }
    std::vector<std::string> tasks;
    for (const auto& vertex : place_.graph.nodes) {
      if (place_.world.recipes[vertex.recipe].pn == target.name) tasks.push_back(vertex.kind);
    }
    if (tasks.empty()) {
      return "there is no recipe '" + target.name + "'" +
             suggestion(target.name, place_.providers.all_names());
    }
    std::string task = target.task.empty() ? "do_build" : target.task;
    return target.name + " has no task " + task + suggestion(task, tasks);
  }

  Result<Nodes> of(const Listing& listing, std::size_t) {
    Nodes out;
    for (const auto& word : listing.words) out = united(out, TRY(sorted(word)));
    return out;
  }

  // ---- variables and operators
  Result<Nodes> of(const Variable& variable, std::size_t column) {
    for (auto at = variables_.rbegin(); at != variables_.rend(); ++at) {
      if (at->first == variable.name) return at->second;
    }
    std::vector<std::string> known;
    for (const auto& [name, value] : variables_) known.push_back(name);
    return wrong(column, "no 'let " + variable.name + " = …' stands around '$" + variable.name +
                             "'" + suggestion(variable.name, known));
  }

  Result<Nodes> of(const Let& let, std::size_t) {
    auto value = TRY(sorted(*let.value));
    variables_.emplace_back(let.name, std::move(value));
    auto out = sorted(*let.body);
    variables_.pop_back();
    return out;
  }

  Result<Nodes> of(const Operation& operation, std::size_t) {
    auto left = TRY(sorted(*operation.left));
    auto right = TRY(sorted(*operation.right));
    switch (operation.op) {
      case Operation::Operator::Union: return united(left, right);
      case Operation::Operator::Except: return without(left, right);
      case Operation::Operator::Intersect: break;
    }
    return common(left, right);
  }

  // ---- functions
  Result<Nodes> of(const Call& call, std::size_t column) {
    switch (call.function) {
      case Function::Deps:
        return reachable(place_.graph.needs, TRY(sorted(call.expressions[0])), call.number);
      case Function::Rdeps: return rdeps(call);
      case Function::AllPaths: return all_paths(call);
      case Function::SomePath: {
        auto out = TRY(path(call));
        std::sort(out.begin(), out.end());
        return out;
      }
      case Function::Some: {
        auto out = TRY(sorted(call.expressions[0]));
        out.resize(std::min<std::size_t>(out.size(), call.number == UINT32_MAX ? 1 : call.number));
        return out;
      }
      case Function::Kind:
      case Function::Attr:
      case Function::Filter: break;
    }
    return filtered(call, column);
  }

  Result<Nodes> rdeps(const Call& call) {
    auto universe = TRY(sorted(call.expressions[0]));
    auto below = reachable(place_.graph.needs, universe);
    auto wanted = common(TRY(sorted(call.expressions[1])), below);
    return reachable(within(place_.graph.needed_by, below), wanted, call.number);
  }

  Result<Nodes> all_paths(const Call& call) {
    auto below = reachable(place_.graph.needs, TRY(sorted(call.expressions[0])));
    auto ends = common(TRY(sorted(call.expressions[1])), below);
    return reachable(within(place_.graph.needed_by, below), ends);
  }

  Result<Nodes> path(const Call& call) {
    auto from = TRY(sorted(call.expressions[0]));
    auto to = TRY(sorted(call.expressions[1]));
    return shortest_path(place_.graph.needs, from, to);
  }

  /// kind, attr and filter: the nodes of which a text has a match of a regular expression.
  Result<Nodes> filtered(const Call& call, std::size_t column) {
    std::regex pattern;
    try {  // the fence around std::regex, which can only report by throwing
      pattern = std::regex(call.words.back());
    } catch (const std::regex_error& error) {
      return wrong(column,
                   "'" + call.words.back() + "' is not a regular expression: " + error.what());
    }
    Nodes out;
    for (auto node : TRY(sorted(call.expressions[0]))) {
      auto text = TRY(looked_at(call, place_.graph.nodes[node]));
      if (text && std::regex_search(*text, pattern)) out.push_back(node);
    }
    return out;
  }

  Result<std::optional<std::string>> looked_at(const Call& call, const Vertex& vertex) const {
    if (call.function == Function::Kind) return vertex.kind;
    if (call.function == Function::Filter) return vertex.label;
    return attribute(place_.world, vertex, call.words[0]);
  }

  const Place& place_;
  std::vector<std::pair<std::string, Nodes>> variables_;
};

}  // namespace

Result<Nodes> evaluate(const Expression& expression, const Place& place) {
  return Evaluation(place).top(expression);
}

}  // namespace hitz::query
