// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/local_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "engine/base/file.h"
#include "engine/recipe/watched_files.h"

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

// What the system says when it is asked for this path alone.
std::optional<unsigned char> asked(const std::string& path, LocalFiles::Links links) {
  struct stat info{};
  const int flags = links == LocalFiles::Links::Followed ? 0 : AT_SYMLINK_NOFOLLOW;
  if (::fstatat(AT_FDCWD, path.c_str(), &info, flags) != 0) return std::nullopt;
  if (S_ISREG(info.st_mode)) return DT_REG;
  if (S_ISDIR(info.st_mode)) return DT_DIR;
  return S_ISLNK(info.st_mode) ? DT_LNK : DT_UNKNOWN;
}

}  // namespace

bool LocalFiles::is_there(const std::string& path) {
  return type_of(path, Links::Followed).has_value();
}

std::optional<unsigned char> LocalFiles::type_of(const std::string& path, Links links) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == path.size()) return ask(path, links);
  std::string_view name = std::string_view(path).substr(slash + 1);
  if (name == "." || name == "..") return ask(path, links);
  Folder& folder = folder_at(path.substr(0, slash));
  if (folder.changed_ns == 0) return std::nullopt;
  if (folder.hidden) return ask(path, links);
  auto found = folder.names.find(name);
  if (found == folder.names.end()) {
    if (!folder.missed.contains(name)) folder.missed.emplace(name);
    return std::nullopt;
  }
  found->second.asked = true;
  const unsigned char type = found->second.type;
  const bool open = type == DT_UNKNOWN || (type == DT_LNK && links == Links::Followed);
  return open ? ask(path, links) : std::optional(type);
}

std::optional<unsigned char> LocalFiles::ask(const std::string& path, Links links) {
  auto [known, fresh] = asked_.try_emplace(path);
  if (fresh) known->second.changed_ns = changed_at(path);
  const auto out = asked(path, links);
  if (fresh) known->second.is_folder = out == DT_DIR;
  return out;
}

std::vector<std::pair<std::string, unsigned char>> LocalFiles::asked_of(const Folder& folder) {
  std::vector<std::pair<std::string, unsigned char>> out;
  for (const auto& [name, entry] : folder.names) {
    if (entry.asked) out.emplace_back(name, entry.type);
  }
  for (const auto& name : folder.missed) out.emplace_back(name, kNothing);
  return out;
}

bool LocalFiles::has_names(const std::string& folder,
                           const std::vector<std::pair<std::string, unsigned char>>& names) {
  if (!is_folder(folder)) return false;
  if (names.empty()) return true;
  const auto now = names_of(folder);
  return now && std::all_of(names.begin(), names.end(), [&](const auto& asked) {
           auto found = now->find(asked.first);
           const unsigned char type = found == now->end() ? kNothing : found->second.type;
           return type == asked.second && type != DT_LNK;
         });
}

// A folder in which only other things have come and gone is as it was.
bool LocalFiles::settled() const {
  auto folder = [](const auto& one) {
    const Folder& known = one.second;
    if (known.changed_ns == 0 || changed_at(one.first) == known.changed_ns) return true;
    return !known.hidden && has_names(one.first, asked_of(known));
  };
  auto path = [](const auto& one) {
    return changed_at(one.first) == one.second.changed_ns ||
           (one.second.is_folder && is_folder(one.first));
  };
  return std::all_of(folders_.begin(), folders_.end(), folder) &&
         std::all_of(asked_.begin(), asked_.end(), path);
}

LocalFiles::Looked LocalFiles::looked() const {
  Looked out;
  for (const auto& [path, asked] : asked_) {
    if (asked.is_folder) {
      out.folders.push_back({path, asked.changed_ns, {}});
    } else {
      out.paths.emplace_back(path, asked.changed_ns);
    }
  }
  for (const auto& [path, folder] : folders_) {
    if (folder.hidden) {
      out.paths.emplace_back(path, folder.changed_ns);
    } else if (folder.changed_ns != 0) {
      out.folders.push_back({path, folder.changed_ns, asked_of(folder)});
    }
  }
  return out;
}

// What is no folder has no names; nullopt when there are some that cannot be read.
std::optional<LocalFiles::Names> LocalFiles::names_of(const std::string& folder) {
  Names out;
  DIR* open = ::opendir(folder.c_str());
  if (open == nullptr && errno != ENOTDIR && errno != ENOENT) return std::nullopt;
  while (const dirent* entry = open != nullptr ? ::readdir(open) : nullptr)
    out.emplace(entry->d_name, Entry{entry->d_type});
  if (open != nullptr) ::closedir(open);
  return out;
}

LocalFiles::Folder& LocalFiles::folder_at(const std::string& path) {
  auto [known, fresh] = folders_.try_emplace(path);
  Folder& folder = known->second;  // stays where it is when the table grows
  if (!fresh || !is_there(path)) return folder;
  folder.changed_ns = changed_at(path);
  auto names = names_of(path);
  folder.hidden = !names;
  if (names) folder.names = std::move(*names);
  return folder;
}

bool LocalFiles::same(const std::vector<std::string>& file_checksums) {
  return std::all_of(file_checksums.begin(), file_checksums.end(), [&](const std::string& flag) {
    return all_entries(flag, [&](const std::string& path, bool there) {
      return path.find('*') != std::string::npos || is_there(path) == there;
    });
  });
}

}  // namespace hitz::recipe
