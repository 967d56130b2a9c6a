// SPDX-License-Identifier: Apache-2.0
#pragma once
// What attr() looks at.

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/query/node_graph.h"

namespace hitz::query {

/// A recipe's variable, expanded; of a task, its flag of that name, and else its recipe's variable.
/// "layer", "file", "inherits" (names of classes) and "version" (epoch:PV-PR) are there as well.
/// nullopt when it is not set.
Result<std::optional<std::string>> attribute(const recipe::World& world, const Vertex& vertex,
                                             const std::string& name);

/// "1:1.35.0-r0".
std::string version_of(const recipe::Recipe& recipe);

}  // namespace hitz::query
