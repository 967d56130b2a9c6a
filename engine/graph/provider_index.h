// SPDX-License-Identifier: Apache-2.0
#pragma once
// ProviderIndex: names to the recipes that offer them. An index over the world's recipes, built
// once.

#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/recipe/recipe.h"

namespace hitz::graph {

/// A regular expression as Python's re reads it, matched from the start of a text.
class Pattern {
 public:
  /// Errors: Blame::Input, when the expression is none.
  static Result<Pattern> of(const std::string& text);
  bool matches_start_of(std::string_view text) const;

 private:
  std::string prefix_;      // literal start, so that most texts need no regex
  std::string not_at_end_;  // of "(?<!…)$": std::regex cannot look behind
  std::regex regex_;
};

/// PACKAGES_DYNAMIC of one spelling; compiled when it is first tried.
struct DynamicPackages {
  std::string expression;
  std::vector<recipe::RecipeId> recipes;
  std::optional<Pattern> pattern;
};

struct ProviderIndex {
  using Recipes = std::vector<recipe::RecipeId>;
  using Names = std::unordered_map<std::string_view, Recipes>;

  Names build;     // PROVIDES
  Names runtime;   // RPROVIDES and PACKAGES
  Names versions;  // PN
  std::vector<DynamicPackages> dynamic;

  explicit ProviderIndex(const recipe::World& world);
  /// RPROVIDES and PACKAGES; where nobody has the name, PACKAGES_DYNAMIC. Errors: an invalid
  /// PACKAGES_DYNAMIC.
  Result<Recipes> at_run_time(std::string_view name);
};

}  // namespace hitz::graph
