// SPDX-License-Identifier: Apache-2.0
#pragma once
// Resolution: from target names to every recipe that building them may need, and for each name that
// is met, the recipe that serves it. A recipe fails when a name it needs has no provider; then the
// next provider of what it served is taken (facts T19).

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/graph/providers.h"
#include "engine/recipe/recipe.h"

namespace hitz::graph {

using NameId = Id<struct ResolvedNameTag>;

/// A build or run-time name, and who serves it.
struct Name {
  std::string_view text;
  Side side = Side::Build;
  std::vector<recipe::RecipeId> candidates;  // best first
  std::size_t taken = 0;                     // the candidate that serves it
  bool assumed = false;                      // the host has it
  bool failed = false;                       // no candidate is left
  bool demanded = false;                     // a person asks for it
  bool left_out = false;                     // there never was one, and its users do without
  std::string why;                           // there never was a candidate
  std::vector<recipe::RecipeId> users;
};

/// One entry of a task's depends or rdepends: "recipe:do_task".
struct TaskNeed {
  std::uint32_t task;  // whose it is: its place in the recipe
  NameId name;
  std::string_view needed;
};

/// What a recipe needs, in names.
struct Needs {
  bool seen = false;
  std::optional<NameId> broken_by;  // the recipe fails by this name
  std::vector<NameId> builds;       // DEPENDS
  std::vector<NameId> runs;         // RDEPENDS and RRECOMMENDS of all packages
  std::vector<TaskNeed> of_tasks;
};

class Resolution {
 public:
  /// What becomes of a recipe whose DEPENDS names what nobody provides: it fails, or does without.
  enum class Missing { Fails, LeftOut };
  explicit Resolution(Providers& providers, Missing missing = Missing::Fails);

  /// Makes the name one of those to resolve; done by run().
  NameId want(std::string_view name, Side side);
  /// The same for what a person asks for: nobody can do without it.
  NameId demand(std::string_view name);
  /// Resolves all names, and all that their recipes need. Errors: a task flag that is not
  /// recipe:task; those of Providers. That a name has no provider is no error yet.
  Result<void> run();

  /// Who serves a name; none when it is assumed to be provided, or failed.
  std::optional<recipe::RecipeId> server(NameId name) const;
  const Name& name(NameId id) const { return names_[id]; }
  const Needs& needs(recipe::RecipeId id) const { return needs_[id.value]; }
  /// Recipes that were met and did not fail, in the order of the world.
  std::vector<recipe::RecipeId> recipes() const;
  /// What is wrong with some names that failed: every name nobody provides, once, with its users
  /// and the way from one of the wanted names to it.
  Error why_failed(const std::vector<NameId>& wanted) const;
  /// What is told of the names that are left out.
  std::vector<std::string> left_out() const;

 private:
  Result<void> resolve(NameId id);
  Result<void> visit(recipe::RecipeId id);
  void use(recipe::RecipeId user, NameId name);
  Result<void> read_task_needs(recipe::RecipeId id);
  void fail_name(NameId id);
  void fail_recipe(recipe::RecipeId id, NameId because);
  std::vector<std::string> users_of(const Name& name) const;
  std::vector<NameId> chain_below(NameId id) const;

  Providers& providers_;
  Missing missing_;
  IdVector<NameId, Name> names_;
  std::unordered_map<std::string_view, NameId> ids_[2];
  std::vector<Needs> needs_;
  std::vector<std::vector<NameId>> serves_;        // recipe -> the names it was taken for
  std::deque<std::vector<std::string>> extended_;  // DEPENDS that names point into
  std::vector<NameId> unresolved_;
  std::vector<recipe::RecipeId> unseen_;
};

}  // namespace hitz::graph
