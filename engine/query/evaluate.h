// SPDX-License-Identifier: Apache-2.0
#pragma once
// An expression to the nodes it stands for. The meaning of every function is Bazel's.

#include <string_view>

#include "engine/base/result.h"
#include "engine/graph/providers.h"
#include "engine/query/expression.h"
#include "engine/query/node_graph.h"

namespace hitz::query {

/// What a query runs in.
struct Place {
  const recipe::World& world;
  graph::Providers& providers;
  const NodeGraph& graph;
  std::string_view text;  // of the query, for errors
};

/// Sorted by label, except that the nodes of a somepath that is the whole query stand in the order
/// of the path. Errors (Input): a word that stands for nothing, an unknown variable, an invalid
/// regular expression; each with its place.
Result<Nodes> evaluate(const Expression& expression, const Place& place);

}  // namespace hitz::query
