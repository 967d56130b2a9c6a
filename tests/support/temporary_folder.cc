// SPDX-License-Identifier: Apache-2.0
#include "tests/support/temporary_folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "engine/base/file.h"
#include "tests/support/catch.h"

namespace hitz::testing {

TemporaryFolder::TemporaryFolder() : path_("/tmp/hitz-test.XXXXXX") {
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  (void)remove_tree(path_);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text,
                                   unsigned mode) const {
  need(make_folders(parent_of(at(name))));
  need(write_file(at(name), text));
  REQUIRE(::chmod(at(name).c_str(), mode) == 0);
  return at(name);
}

std::string TemporaryFolder::link(const std::string& name, const std::string& target) const {
  need(make_folders(parent_of(at(name))));
  REQUIRE(::symlink(target.c_str(), at(name).c_str()) == 0);
  return at(name);
}

std::string picture_of(const std::string& folder) {
  auto paths = need(tree_below(folder));
  paths.insert(paths.begin(), folder);
  std::string out;
  for (const auto& path : paths) {
    struct stat info{};
    REQUIRE(::lstat(path.c_str(), &info) == 0);
    char line[64];
    std::snprintf(line, sizeof line, "%o %lld.%09ld ", info.st_mode,
                  static_cast<long long>(info.st_mtim.tv_sec), info.st_mtim.tv_nsec);
    out += line + path.substr(folder.size());
    if (S_ISLNK(info.st_mode)) out += " -> " + std::filesystem::read_symlink(path).string();
    if (S_ISREG(info.st_mode)) out += ": " + need(read_file(path));
    out += "\n";
  }
  return out;
}

std::string files_of(const std::string& folder) {
  std::string out;
  for (const auto& path : need(tree_below(folder))) {
    struct stat info{};
    if (::lstat(path.c_str(), &info) == 0 && !S_ISDIR(info.st_mode))
      out += path.substr(folder.size() + 1) + "\n";
  }
  return out;
}

}  // namespace hitz::testing
