// SPDX-License-Identifier: Apache-2.0
#pragma once
// Providers: which recipe a name stands for, at build time and at run time.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/recipe/recipe.h"

namespace hitz::graph {

using recipe::RecipeId;

class Providers {
 public:
  explicit Providers(const recipe::World& world);

  /// The recipe that provides a name in DEPENDS, or a target; nullopt for ASSUME_PROVIDED.
  /// wanted_by is told in the error.
  Result<std::optional<RecipeId>> build(const std::string& name, const std::string& wanted_by);
  /// The recipe that provides a package; nullopt when a recommendation has no provider or the name
  /// is assumed.
  Result<std::optional<RecipeId>> runtime(const std::string& name, const std::string& wanted_by);
  std::optional<RecipeId> runtime_if_any(const std::string& name);
  bool assumed(const std::string& name) const;
  std::vector<std::string> all_names() const;
  /// The preferred recipe of each PN, for world and universe.
  std::vector<RecipeId> preferred();

 private:
  std::vector<RecipeId> ranked(std::vector<RecipeId> candidates, const std::string& pn);
  RecipeId choose(const std::string& name, const std::vector<RecipeId>& candidates);
  std::string skipped_reason(const std::string& name) const;
  std::string setting(const std::string& name);
  Error nothing_provides(const std::string& name, const std::string& wanted_by,
                         std::string_view how) const;

  const recipe::World& world_;
  std::map<std::string, std::vector<RecipeId>> build_, runtime_;
  std::map<std::string, RecipeId> chosen_, chosen_runtime_;
  std::vector<std::string> assumed_;
};

}  // namespace hitz::graph
