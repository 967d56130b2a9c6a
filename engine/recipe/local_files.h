// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files by their names alone, each folder read once. Of the local sources of recipes: a file that
// appears earlier on the search path is taken instead of the one that was found, so where nothing
// was counts as well.

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/data/store.h"
#include "engine/recipe/recipe.h"

namespace hitz::recipe {

class LocalFiles {
 public:
  /// Whether all that the tasks' file-checksums say is there is there, and nothing else of it.
  bool same(const std::vector<Recipe>& recipes);

  bool is_there(const std::string& path);
  /// Whether each path and folder that has been looked at is as it was then.
  bool settled() const;
  enum class Links { Followed, Themselves };
  /// What is there, as readdir tells it (DT_REG, DT_DIR, DT_LNK or DT_UNKNOWN for all else).
  std::optional<unsigned char> type_of(const std::string& path, Links links);

 private:
  // What a folder holds: names and their kinds, as readdir tells them.
  using Names = std::unordered_map<std::string, unsigned char, data::TextHash, std::equal_to<>>;
  struct Folder {
    std::int64_t changed_ns = 0;  // before it was read; 0: not there, as the folder above tells
    bool hidden = false;          // there, but its names cannot be read
    Names names;
  };
  const Folder& folder_at(const std::string& path);
  std::optional<unsigned char> ask(const std::string& path, Links links);
  std::unordered_map<std::string, Folder> folders_;      // most of a search path's do not exist
  std::unordered_map<std::string, std::int64_t> asked_;  // by themselves: when they had changed
};

}  // namespace hitz::recipe
