// SPDX-License-Identifier: Apache-2.0
#pragma once
// hitz layers: what bitbake-layers does, in its words. Layers are named by their folder, as there.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/house.h"
#include "engine/graph/provider_index.h"

namespace hitz::cli {

/// Which layer a file belongs to.
class LayerFiles {
 public:
  /// Errors: a BBFILE_PATTERN that is no regular expression.
  static Result<LayerFiles> of(const layer::Configuration& configuration);
  /// The name of its layer's folder; "?" for a file of no layer.
  std::string name_of(const std::string& path);
  /// The path from the layer's folder on: "meta/recipes-core/…"; whole for a file of no layer.
  std::string within(const std::string& path);
  /// BBLAYERS, in its order.
  const std::vector<std::string>& folders() const { return folders_; }

 private:
  const std::string& folder_of(const std::string& path);
  std::string folder_by_pattern(const std::string& path) const;

  struct Collection {
    std::string folder;
    std::string expression;
    graph::Pattern pattern;
  };
  std::vector<Collection> collections_;
  std::vector<std::string> folders_;
  std::vector<std::string> entries_;          // BBFILES, low priorities first
  std::map<std::string, std::string> known_;  // path -> folder, "" for none
};

/// What show-recipes and show-overlayed have in common.
struct RecipeListing {
  std::string title;
  std::vector<std::string> patterns;  // shell patterns on PN; none for all
  bool only_overlayed = false;        // that several layers have
  bool only_same_version = false;
  bool filenames = false;
  bool names_only = false;
  bool only_multiple = false;
  std::string layer;                  // only what this one has
  bool bare = false;                  // without why recipes are skipped
  std::vector<std::string> inherits;  // all of these classes, but for those of INHERIT
  bool variants = false;              // those of BBCLASSEXTEND as well
};

/// The recipes by name, the preferred version first; "" when there is none to list.
Result<std::string> list_recipes(const House::Realm& realm, LayerFiles& layers,
                                 const RecipeListing& wanted);
/// Classes that several layers have.
Result<std::string> list_overlayed_classes(const House& house, LayerFiles& layers, bool filenames);
/// Recipes with the appends that apply to them.
Result<std::string> list_appends(const House::Realm& realm,
                                 const std::vector<std::string>& patterns);
/// What in one layer needs something of another.
Result<std::string> list_cross_depends(const House::Realm& realm, LayerFiles& layers,
                                       bool filenames, const std::vector<std::string>& ignored);

/// Copies layers into one folder, appends applied. layers are names; none for all.
Result<int> flatten(House& house, LayerFiles& files, const std::vector<std::string>& layers,
                    const std::string& output);

/// The build directory's bblayers.conf. Errors: Input, where there is no build directory.
Result<std::string> bblayers_conf();
/// Adds layers to bblayers.conf; gives those that were there. Unless forced the configuration is
/// parsed with them, and one that does not parse gets its old bblayers.conf back.
Result<std::vector<std::string>> add_layers(House& house, const std::vector<std::string>& folders,
                                            bool force);
/// A path from the current folder, without a slash at its end.
std::string absolute_folder(const std::string& path);

/// A name against shell patterns, as Python's fnmatch.
bool matches_any(const std::string& name, const std::vector<std::string>& patterns);
/// The first file of that name in a list of folders joined with ':'; "" for none.
std::string find_on_path(const std::string& path, const std::string& name);
/// What BitBake guesses of a skipped recipe from its file's name: name and version.
std::pair<std::string, std::string> guess_from_name(const std::string& path);

}  // namespace hitz::cli
