// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recipe files to recipes: which files there are, which appends go with them, and what each
// becomes.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/eval/evaluator.h"
#include "engine/layer/configuration.h"
#include "engine/recipe/recipe.h"

namespace hitz::recipe {

/// A recipe file of BBFILES and the appends that match it.
struct RecipeFile {
  std::string path;
  std::vector<std::string> appends;  // in the order of BBFILES, low priorities first
  std::string layer;                 // "" when no BBFILE_PATTERN matches
  int priority = 0;
  std::string multiconfig{};  // which of BBMULTICONFIG it belongs to
};

/// The files of a configuration (facts T52-T54).
struct Files {
  std::vector<RecipeFile> recipes;     // sorted by path; overlayed ones too
  std::vector<std::string> masked;     // by BBMASK
  std::vector<std::string> overlayed;  // a layer of higher priority has a file of that name
  std::vector<std::string> warnings;
};

/// BBFILES minus BBMASK. Files of one name are recipes all of them: providers prefer the layer of
/// highest priority. Errors (Input): appends without a recipe, all of them.
Result<Files> collect_files(const layer::Configuration& configuration);

/// Every variant of a recipe file as recipes. Skipped ones carry their reason. One function from a
/// file to its recipes, so that a cache can stand in front of it.
Result<std::vector<Recipe>> evaluate(const RecipeFile& file, data::Store& base,
                                     eval::Evaluator& evaluator);

/// "virtual:native:/path.bb", or the path itself; "mc:NAME:" stands before that of a multiconfig.
std::string virtual_file(const RecipeFile& file, const std::string& variant);

/// The names of a dependency list; words in parentheses are dropped.
std::vector<std::string> explode_deps(std::string_view text);

}  // namespace hitz::recipe
