// SPDX-License-Identifier: Apache-2.0
#include "engine/query/query.h"

#include <map>

#include "engine/base/text.h"
#include "engine/query/evaluate.h"
#include "engine/query/expression.h"
#include "engine/query/output.h"

namespace hitz::query {

Result<Format> parse_format(std::string_view name) {
  static const std::map<std::string, Format, std::less<>> kFormats{
      {"label", Format::Label},
      {"label_kind", Format::LabelKind},
      {"json", Format::Json},
      {"dot", Format::Dot},
      {"graph", Format::Graph}};
  if (auto found = kFormats.find(name); found != kFormats.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [text, format] : kFormats) known.push_back(text);
  return input_error("there is no output '" + std::string(name) + "', but " + join(known, ", ") +
                     suggestion(name, known));
}

Result<Answer> query(const recipe::World& world, graph::Providers& providers,
                     std::string_view expression, const Options& options) {
  auto parsed = TRY(parse(expression));
  auto graph = TRY(node_graph(world, providers, options.level));
  auto nodes = TRY(evaluate(parsed, Place{world, providers, graph, expression}));
  return Answer{written(world, graph, nodes, options.format), std::move(graph.warnings)};
}

}  // namespace hitz::query
