// SPDX-License-Identifier: Apache-2.0
#pragma once
// NodeGraph: what a query walks. Its nodes are recipes (one version per PN, joined by what they
// need at build and at run time) or tasks.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/algorithms.h"
#include "engine/graph/providers.h"
#include "engine/recipe/recipe.h"

namespace hitz::query {

using Node = std::uint32_t;
using graph::Nodes;

enum class Level { Recipes, Tasks };

struct Vertex {
  std::string label;  // "busybox", "busybox:do_compile"
  /// Of a task, its name. Of a recipe, the first of these that its classes make it: image,
  /// packagegroup, kernel, module, nativesdk, cross, native, devicetree, library (it inherits
  /// lib_package, or its name starts or ends with lib); else recipe.
  std::string kind;
  recipe::RecipeId recipe;
  const recipe::Task* task = nullptr;
};

struct NodeGraph {
  Level level = Level::Recipes;
  std::vector<Vertex> nodes;  // sorted by label
  graph::Edges needs;
  graph::Edges needed_by;
  std::unordered_map<std::string_view, Node> by_label;
  std::vector<std::string> warnings;  // dependencies that nobody provides

  std::optional<Node> find(std::string_view label) const;
};

/// The world must outlive the graph.
Result<NodeGraph> node_graph(const recipe::World& world, graph::Providers& providers, Level level);

}  // namespace hitz::query
