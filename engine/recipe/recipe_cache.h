// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recipes kept between runs. A recipe stays valid while the files that it read have the same
// content and the variables of the configuration that it looked at have the same value: an edit in
// local.conf reaches the recipes that look at it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/recipe/collect.h"
#include "engine/recipe/kept_rows.h"
#include "engine/recipe/worker_pool.h"

namespace hitz::recipe {

class RecipeCache {
 public:
  /// Opens or makes the database; one that is damaged is begun anew. What was written under another
  /// identity counts for nothing. Files that change after since_ns may have been read before it.
  /// ahead: what has been read of a database meanwhile, by the same since_ns.
  /// Errors: Environment.
  static Result<std::unique_ptr<RecipeCache>> open(const std::string& path, data::Store& base,
                                                   const std::string& identity,
                                                   std::int64_t since_ns,
                                                   KeptRowsAhead* ahead = nullptr);
  ~RecipeCache();

  /// The recipes of a file, without datastores, when nothing that they depend on has changed.
  std::optional<std::vector<Recipe>> find(const RecipeFile& file);
  /// Notes what has been looked at outside of the configuration to find what was asked for.
  void tell(Premises& premises) const;
  /// What the evaluation of a file gave, for the next run.
  void keep(const RecipeFile& file, Evaluated evaluated);
  /// Writes what is new, all or nothing; drops what was neither found nor kept. Another process
  /// that has written since this one has read wins.
  Result<void> save();
  /// Leaves the database until something is to be saved: nothing is found any more.
  void close();

 private:
  struct State;
  explicit RecipeCache(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hitz::recipe
