// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files by their names alone, each folder read once. Of the local sources of recipes: a file that
// appears earlier on the search path is taken instead of the one that was found, so where nothing
// was counts as well.

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/data/store.h"
#include "engine/recipe/recipe.h"

namespace hitz::recipe {

class LocalFiles {
 public:
  /// Whether all that tasks' file-checksums say is there is there, and nothing else of it.
  bool same(const std::vector<std::string>& file_checksums);

  bool is_there(const std::string& path);
  /// Whether what has been asked would be answered the same now.
  bool settled() const;
  enum class Links { Followed, Themselves };
  /// What is there, as readdir tells it (DT_REG, DT_DIR, DT_LNK or DT_UNKNOWN for all else).
  std::optional<unsigned char> type_of(const std::string& path, Links links);

  /// What has been looked at, each with the time of its last change before it was (0: not there).
  struct Looked {
    std::vector<std::pair<std::string, std::int64_t>> paths;
    struct Folder {
      std::string path;
      std::int64_t changed_ns = 0;
      std::vector<std::pair<std::string, unsigned char>> names;  // kNothing: not there
    };
    std::vector<Folder> folders;  // those that are there and can be read
  };
  Looked looked() const;
  static constexpr unsigned char kNothing = 0xff;
  /// Whether a folder is there and its names are, or are not, as they were. A link may lead
  /// elsewhere.
  static bool has_names(const std::string& folder,
                        const std::vector<std::pair<std::string, unsigned char>>& names);

 private:
  // What a folder holds: names and their kinds, as readdir tells them.
  struct Entry {
    unsigned char type = 0;
    bool asked = false;
  };
  using Names = std::unordered_map<std::string, Entry, data::TextHash, std::equal_to<>>;
  using NameSet = std::unordered_set<std::string, data::TextHash, std::equal_to<>>;
  struct Folder {
    std::int64_t changed_ns = 0;  // before it was read; 0: not there, as the folder above tells
    bool hidden = false;          // there, but its names cannot be read
    Names names;
    NameSet missed;  // names that were asked for and are not there
  };
  static std::optional<Names> names_of(const std::string& folder);
  static std::vector<std::pair<std::string, unsigned char>> asked_of(const Folder& folder);
  Folder& folder_at(const std::string& path);
  std::optional<unsigned char> ask(const std::string& path, Links links);
  std::unordered_map<std::string, Folder> folders_;  // most of a search path's do not exist
  struct Asked {
    std::int64_t changed_ns = 0;
    bool is_folder = false;  // what is in it does not matter then
  };
  std::unordered_map<std::string, Asked> asked_;  // by themselves
};

}  // namespace hitz::recipe
