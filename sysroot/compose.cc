// SPDX-License-Identifier: Apache-2.0
#include "sysroot/compose.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <set>

#include "engine/base/file.h"
#include "engine/base/hash.h"

namespace hitz::sysroot {

namespace {

struct Entry {
  std::string component;  // the tree it comes from
  enum class Type { File, Link, Folder } type = Type::File;
  std::string identity;  // a file's device, inode, size and time; a link's target
};

using Tree = std::map<std::string, Entry>;

Result<Entry> entry_of(const std::string& component, const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return fail(system_error("look at", path));
  Entry out{component, Entry::Type::File, ""};
  if (S_ISDIR(info.st_mode)) {
    out.type = Entry::Type::Folder;
  } else if (S_ISLNK(info.st_mode)) {
    out.type = Entry::Type::Link;
    std::error_code code;
    out.identity = std::filesystem::read_symlink(path, code).string();
  } else {
    out.identity = std::to_string(info.st_dev) + "." + std::to_string(info.st_ino) + "." +
                   std::to_string(info.st_size) + "." + std::to_string(info.st_mtim.tv_sec) + "." +
                   std::to_string(info.st_mtim.tv_nsec);
  }
  return out;
}

Result<bool> same(const Entry& a, const Entry& b, const std::string& relative) {
  if (a.type != b.type) return false;
  if (a.type == Entry::Type::Folder || a.identity == b.identity) return true;
  if (a.type == Entry::Type::Link) return false;
  return TRY(sha256_of_file(join_path(a.component, relative))) ==
         TRY(sha256_of_file(join_path(b.component, relative)));
}

Result<Tree> wanted_tree(const std::vector<std::string>& components) {
  Tree out;
  for (const auto& component : components) {
    if (!is_folder(component))
      return environment_error(
          "the component " + component +
          " of a sysroot is not there; was its recipe's do_populate_sysroot lost?");
    for (const auto& path : TRY(tree_below(component))) {
      std::string relative = path.substr(component.size() + 1);
      Entry entry = TRY(entry_of(component, path));
      auto [at, fresh] = out.emplace(relative, entry);
      if (!fresh && !TRY(same(at->second, entry, relative))) {
        return input_error("sysroot conflict: " + relative + " is brought by both " +
                           at->second.component + " and " + component +
                           ", with different contents");
      }
    }
  }
  return out;
}

Result<void> place(const std::string& destination, const std::string& relative,
                   const Entry& entry) {
  std::string from = join_path(entry.component, relative), to = join_path(destination, relative);
  std::error_code code;
  if (entry.type == Entry::Type::Folder) return make_folders(to);
  if (entry.type == Entry::Type::Link) {
    if (::symlink(entry.identity.c_str(), to.c_str()) != 0) return fail(system_error("link", to));
    return {};
  }
  if (::link(from.c_str(), to.c_str()) == 0) return {};
  if (errno != EXDEV && errno != EMLINK && errno != EPERM) return fail(system_error("link", to));
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, code);
  if (code) return environment_error("cannot copy " + from + " to " + to + ": " + code.message());
  return {};
}

// What is there and wanted stays, everything else goes: what an earlier call brought, what one that
// was interrupted left, what a task wrote.
Result<std::set<std::string>> take_out(const std::string& destination, const Tree& wanted) {
  std::set<std::string> stayed;
  for (const auto& path : TRY(tree_below(destination))) {
    std::string relative = path.substr(destination.size() + 1);
    auto present = entry_of(destination, path);
    if (!present) continue;  // went with the folder it was in
    auto at = wanted.find(relative);
    if (at != wanted.end() && at->second.type == present->type &&
        at->second.identity == present->identity)
      stayed.insert(relative);
    else
      TRY_VOID(remove_tree(path));
  }
  return stayed;
}

std::string without_last_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Result<void> compose(const std::string& destination, const std::vector<std::string>& components) {
  std::string folder = without_last_slash(destination);
  std::vector<std::string> trees;
  for (const auto& component : components) trees.push_back(without_last_slash(component));
  Tree wanted = TRY(wanted_tree(trees));
  TRY_VOID(make_folders(folder));
  std::set<std::string> stayed = TRY(take_out(folder, wanted));
  for (const auto& [path, entry] : wanted) {
    if (!stayed.contains(path)) TRY_VOID(place(folder, path, entry));
  }
  return {};
}

}  // namespace hitz::sysroot
