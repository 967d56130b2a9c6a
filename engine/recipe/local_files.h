// SPDX-License-Identifier: Apache-2.0
#pragma once
// The local sources of recipes: a file that appears earlier on the search path is taken instead of
// the one that was found, so where nothing was counts as well.

#include <string>
#include <unordered_map>
#include <vector>

#include "engine/recipe/recipe.h"

namespace hitz::recipe {

class LocalFiles {
 public:
  /// Whether all that the tasks' file-checksums say is there is there, and nothing else of it.
  bool same(const std::vector<Recipe>& recipes);

 private:
  bool is_there(const std::string& path);
  std::unordered_map<std::string, bool> folders_;  // most of a search path's folders do not exist
};

}  // namespace hitz::recipe
