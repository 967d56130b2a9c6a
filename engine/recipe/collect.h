// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recipe files to recipes: which files there are, which appends go with them, and what each
// becomes.

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/eval/evaluator.h"
#include "engine/layer/configuration.h"
#include "engine/recipe/recipe.h"

namespace hitz::recipe {

/// A recipe file of BBFILES and the appends that match it.
struct RecipeFile {
  std::string path;
  std::vector<std::string> appends;
  std::string layer;
  int priority = 0;
};

struct Files {
  std::vector<RecipeFile> recipes;
  std::vector<std::string> masked;
  std::vector<std::string> overlayed;
};

/// BBFILES minus BBMASK; of files of one name the layer of highest priority wins. Errors: appends
/// without a recipe.
Result<Files> collect_files(const layer::Configuration& configuration);

/// Every variant of a recipe file as recipes. Skipped ones carry their reason.
Result<std::vector<Recipe>> evaluate(const RecipeFile& file, data::Store& base,
                                     eval::Evaluator& evaluator);

/// All recipes of a configuration. Files that cannot be parsed are all told before this fails.
Result<World> read_world(const layer::Configuration& configuration, eval::Evaluator& evaluator,
                         event::EventSink& events);

/// The names of a dependency list; versions in parentheses are dropped.
std::vector<std::string> explode_deps(std::string_view text);

}  // namespace hitz::recipe
