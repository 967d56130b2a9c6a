// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/local_files.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>

#include "engine/base/file.h"

namespace hitz::recipe {

namespace {

constexpr std::string_view kThere = ":True", kNotThere = ":False";

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Calls each(path, there) for "path:True path:False"; a path may hold blanks. false: one call was.
template <class Each>
bool all_entries(std::string_view flag, Each each) {
  std::size_t begin = 0;
  for (std::size_t end = 0; end <= flag.size(); ++end) {
    if (end < flag.size() && !is_blank(flag[end])) continue;
    std::string_view entry = flag.substr(begin, end - begin);
    std::string_view ending = entry.ends_with(kThere) ? kThere : kNotThere;
    if (!entry.ends_with(ending)) {
      if (entry.empty()) begin = end + 1;
      continue;
    }
    begin = end + 1;
    if (!each(std::string(entry.substr(0, entry.size() - ending.size())), ending == kThere))
      return false;
  }
  return true;
}

}  // namespace

bool LocalFiles::is_there(const std::string& path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash + 1 == path.size()) return exists(path);
  std::string_view name = std::string_view(path).substr(slash + 1);
  if (slash == 0 || name == "." || name == "..") return exists(path);
  const Folder& folder = folder_at(path.substr(0, slash));
  if (folder.hidden) return exists(path);
  auto found = folder.names.find(name);
  if (found == folder.names.end()) return false;
  return found->second == DT_LNK || found->second == DT_UNKNOWN ? exists(path) : true;
}

const LocalFiles::Folder& LocalFiles::folder_at(const std::string& path) {
  auto [known, fresh] = folders_.try_emplace(path);
  Folder& folder = known->second;  // stays where it is when the table grows
  if (!fresh || !is_there(path)) return folder;
  DIR* open = ::opendir(path.c_str());
  folder.hidden = open == nullptr && errno != ENOTDIR;
  while (const dirent* entry = open != nullptr ? ::readdir(open) : nullptr)
    folder.names.emplace(entry->d_name, entry->d_type);
  if (open != nullptr) ::closedir(open);
  return folder;
}

bool LocalFiles::same(const std::vector<Recipe>& recipes) {
  std::string_view before;  // variants mostly have the same sources
  return std::all_of(recipes.begin(), recipes.end(), [&](const Recipe& recipe) {
    return std::all_of(recipe.tasks.begin(), recipe.tasks.end(), [&](const Task& task) {
      if (task.file_checksums.empty() || task.file_checksums == before) return true;
      before = task.file_checksums;
      return all_entries(task.file_checksums, [&](const std::string& path, bool there) {
        return path.find('*') != std::string::npos || is_there(path) == there;
      });
    });
  });
}

}  // namespace hitz::recipe
