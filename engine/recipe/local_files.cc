// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/local_files.h"

#include <algorithm>

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
  std::string folder = parent_of(path);
  auto [known, fresh] = folders_.try_emplace(std::move(folder), false);
  if (fresh) known->second = exists(known->first);
  return known->second && exists(path);
}

bool LocalFiles::same(const std::vector<Recipe>& recipes) {
  return std::all_of(recipes.begin(), recipes.end(), [&](const Recipe& recipe) {
    return std::all_of(recipe.tasks.begin(), recipe.tasks.end(), [&](const Task& task) {
      return all_entries(task.file_checksums, [&](const std::string& path, bool there) {
        return path.find('*') != std::string::npos || is_there(path) == there;
      });
    });
  });
}

}  // namespace hitz::recipe
