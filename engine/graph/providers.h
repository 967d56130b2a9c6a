// SPDX-License-Identifier: Apache-2.0
#pragma once
// Providers: who provides a name, and which of them is taken (facts T45-T51, T56). Build names are
// what DEPENDS speaks of, run-time names what RDEPENDS speaks of.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/recipe/recipe.h"

namespace hitz::graph {

/// The expanded text of a variable of the base configuration; nullopt when it is not set.
using Variable = std::function<Result<std::optional<std::string>>(const std::string& name)>;

/// What a recipe's calculate_extra_depends makes of its DEPENDS. world: what "world" stands for;
/// all: every PN.
using ExtraDepends = std::function<Result<std::vector<std::string>>(
    const recipe::Recipe& recipe, const std::vector<std::string>& world,
    const std::vector<std::string>& all)>;

enum class Side { Build, Runtime };

/// Which of BBMULTICONFIG a recipe belongs to; "" for the main configuration.
std::string_view multiconfig_of(const recipe::Recipe& recipe);

/// The recipes that may serve a name, best first.
struct Choice {
  std::vector<recipe::RecipeId> candidates;  // empty when there is none
  std::string why;  // why there is none, where more is to say than that nothing provides it
};

struct Versions;

/// Who provides what, in one configuration. The world may hold the recipes of several; it must
/// outlive this and stay as it is.
class Providers {
 public:
  /// Takes preferences from the world's configuration.
  explicit Providers(const recipe::World& world);
  /// Takes them from elsewhere.
  Providers(const recipe::World& world, Variable variable, std::string multiconfig = "");
  /// Those of one of BBMULTICONFIG, with the preferences of its configuration.
  Providers(const recipe::World& world, std::shared_ptr<data::Store> config,
            std::string multiconfig);
  ~Providers();
  Providers(Providers&&) noexcept;
  Providers& operator=(Providers&&) noexcept;
  Providers(const Providers&) = delete;
  Providers& operator=(const Providers&) = delete;

  /// The host has it, whatever ASSUME_PROVIDED says.
  void assume(std::string name);
  /// Runs calculate_extra_depends; without it, nothing is added.
  void use(ExtraDepends calculate);

  const recipe::World& world() const;
  const std::string& multiconfig() const;
  /// A variable of the base configuration.
  Result<std::optional<std::string>> variable(const std::string& name) const;
  /// The host has it (ASSUME_PROVIDED).
  bool assumed(std::string_view name) const;
  /// Everyone who provides the name, in the order of their files; nobody is preferred.
  std::vector<recipe::RecipeId> everyone(std::string_view name, Side side) const;
  /// Errors: an invalid regular expression in ASSUME_PROVIDED or PACKAGES_DYNAMIC, an entry of
  /// PREFERRED_PROVIDERS that is not item:recipe.
  Result<Choice> choose(std::string_view name, Side side);
  /// The one that is taken; nullopt when the host has it. wanted_by is told in the error.
  Result<std::optional<recipe::RecipeId>> build(std::string_view name,
                                                const std::string& wanted_by = "");
  Result<std::optional<recipe::RecipeId>> runtime(std::string_view name,
                                                  const std::string& wanted_by = "");
  /// "nothing provides 'x'" with what helps: skipped recipes, run-time providers, near misses.
  /// users are the names of who asked for it.
  std::string absence(std::string_view name, Side side, std::string_view why,
                      const std::vector<std::string>& users) const;
  /// The recipe that is taken when its PN is asked for; one per PN, sorted by PN.
  Result<std::vector<recipe::RecipeId>> universe();
  /// Every build name, sorted.
  std::vector<std::string> all_names() const;
  /// For each PN, sorted, its latest version and the one that is taken.
  Result<std::vector<std::pair<std::string, Versions>>> versions() const;
  /// The names that "universe" stands for, of recipes that have the task.
  std::vector<std::string> universe_targets(std::string_view task) const;
  /// Those that "world" stands for: of recipes that are not excluded, that have the task and with
  /// whom nobody else shares what they provide. Sorted; decided once, by the first task.
  const std::vector<std::string>& world_targets(std::string_view task);
  /// A recipe's DEPENDS, with what its calculate_extra_depends adds.
  Result<std::vector<std::string>> depends(const recipe::Recipe& recipe);
  /// What a person may want to know of the choices made so far: several providers without a
  /// preference, preferred versions that are not there.
  const std::vector<std::string>& notes() const;

 private:
  struct State;
  void read_preferences();
  Result<std::optional<recipe::RecipeId>> taken(std::string_view name, Side side,
                                                const std::string& wanted_by);
  std::unique_ptr<State> state_;
};

}  // namespace hitz::graph
