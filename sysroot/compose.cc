// SPDX-License-Identifier: Apache-2.0
#include "sysroot/compose.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace hitz::sysroot {

namespace {

constexpr std::string_view kManifest = ".hitz-sysroot";

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
    std::error_code code;
    for (const auto& item : std::filesystem::recursive_directory_iterator(component, code)) {
      std::string path = item.path().string();
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

std::string line_of(const std::string& path, const Entry& entry) {
  const char* kind = entry.type == Entry::Type::File   ? "F"
                     : entry.type == Entry::Type::Link ? "L"
                                                       : "D";
  return std::string(kind) + "\t" + path + "\t" + entry.identity;
}

std::set<std::string> present_lines(const std::string& manifest) {
  std::set<std::string> out;
  auto text = read_file(manifest);
  if (!text) return out;
  for (auto& line : split(*text, '\n')) {
    if (!line.empty()) out.insert(std::move(line));
  }
  return out;
}

Result<void> place(const std::string& destination, const std::string& relative,
                   const Entry& entry) {
  std::string from = join_path(entry.component, relative), to = join_path(destination, relative);
  std::error_code code;
  if (entry.type == Entry::Type::Folder) return make_folders(to);
  TRY_VOID(make_folders(parent_of(to)));
  ::unlink(to.c_str());
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

// What the last call brought and this one does not; folders from the innermost, and only when they
// are empty.
void take_out(const std::string& destination, const std::set<std::string>& before,
              const std::set<std::string>& after) {
  for (auto line = before.rbegin(); line != before.rend(); ++line) {
    if (after.contains(*line)) continue;
    auto fields = split(*line, '\t');
    if (fields.size() < 2) continue;
    std::string path = join_path(destination, fields[1]);
    if (fields[0] != "D") ::unlink(path.c_str());
  }
  for (auto line = before.rbegin(); line != before.rend(); ++line) {
    auto fields = split(*line, '\t');
    if (!after.contains(*line) && fields.size() >= 2 && fields[0] == "D")
      ::rmdir(join_path(destination, fields[1]).c_str());
  }
}

}  // namespace

Result<void> compose(const std::string& destination, const std::vector<std::string>& components) {
  Tree tree = TRY(wanted_tree(components));
  std::string manifest = join_path(destination, kManifest);
  std::set<std::string> before = present_lines(manifest), after;
  for (const auto& [path, entry] : tree) after.insert(line_of(path, entry));
  TRY_VOID(make_folders(destination));
  // A half-done change must not look like a finished one.
  ::unlink(manifest.c_str());
  take_out(destination, before, after);
  for (const auto& [path, entry] : tree) {
    std::string target = join_path(destination, path);
    struct stat info{};
    bool there = ::lstat(target.c_str(), &info) == 0;
    if (there && before.contains(line_of(path, entry))) continue;
    TRY_VOID(place(destination, path, entry));
  }
  std::string text;
  for (const auto& line : after) text += line + "\n";
  return write_file(manifest, text);
}

}  // namespace hitz::sysroot
