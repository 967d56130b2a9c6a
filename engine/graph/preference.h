// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which version of a recipe is taken: REQUIRED_VERSION, PREFERRED_VERSION, layer priority,
// DEFAULT_PREFERENCE, version (facts T47, T48).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/providers.h"

namespace hitz::graph {

/// The version of one PN that serves an item.
struct VersionChoice {
  std::optional<recipe::RecipeId> recipe;  // none when the required version is not there
  enum class By { Version, Preference } by = By::Version;
  std::string note;  // a preferred or required version is missing; "" when nothing is to say
};

/// What 'bitbake -s' tells of one PN.
struct Versions {
  recipe::RecipeId latest;
  std::optional<recipe::RecipeId> preferred;  // none when the required version is not there
  bool required = false;                      // REQUIRED_VERSION decides
};
Result<Versions> versions_of(const recipe::World& world, const Variable& variable,
                             std::string_view pn, const std::vector<recipe::RecipeId>& versions);

/// versions: those of one PN that provide the item, at least one, in the order of their files.
Result<VersionChoice> choose_version(const recipe::World& world, const Variable& variable,
                                     std::string_view pn,
                                     const std::vector<recipe::RecipeId>& versions);

}  // namespace hitz::graph
