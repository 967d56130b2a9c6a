// SPDX-License-Identifier: Apache-2.0
#pragma once
// Nodes as text.

#include <string>

#include "engine/query/node_graph.h"
#include "engine/query/query.h"

namespace hitz::query {

std::string written(const recipe::World& world, const NodeGraph& graph, const Nodes& nodes,
                    Format format);

}  // namespace hitz::query
