// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/identity.h"

#include <sys/stat.h>

#include <filesystem>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/cli/house.h"
#include "engine/recipe/watched_files.h"

namespace hitz::cli {

namespace {

// What changed since it was read makes an identity that is never met again.
Result<void> add_contents(Sha256& out, const std::vector<std::string>& paths,
                          std::int64_t since_ns) {
  for (const auto& path : paths) {
    out.add(path + " " + TRY(sha256_of_file(path)) + "\n");
    if (recipe::may_have_changed(path, since_ns)) out.add(std::to_string(since_ns) + "\n");
  }
  return {};
}

// "" when it is not there.
std::string facts_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return "";
  return path + " " + std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) +
         "." + std::to_string(info.st_mtim.tv_nsec) + "\n";
}

Result<void> add_hitz(Sha256& out, const Installation& installation) {
  out.add(identity_of_program());
  for (const auto& path : TRY(tree_below(installation.python))) {
    if (path.ends_with(".py")) out.add(facts_of(path));
  }
  return {};
}

}  // namespace

std::string identity_of_program() {
  std::error_code code;
  return facts_of(std::filesystem::read_symlink("/proc/self/exe", code).string());
}

Result<void> add_libraries(Sha256& out, data::Store& config, std::int64_t since_ns) {
  std::vector<std::string> modules;
  for (const auto& folder : config.list("__pylibs")) {
    for (auto& path : tree_below(folder).value_or(std::vector<std::string>())) {
      if (path.ends_with(".py")) modules.push_back(std::move(path));
    }
  }
  return add_contents(out, modules, since_ns);
}

Result<std::string> identity_of_code(const Installation& installation, data::Store& config,
                                     std::int64_t since_ns) {
  Sha256 out;
  TRY_VOID(add_hitz(out, installation));
  TRY_VOID(add_libraries(out, config, since_ns));
  return out.hex();
}

Result<std::string> identity_of(const std::string& code, data::Store& config,
                                std::int64_t since_ns) {
  Sha256 out;
  out.add(code);
  std::vector<std::string> classes;
  for (auto& path : config.list("__base_depends")) {
    if (path.ends_with(".bbclass") && exists(path)) classes.push_back(std::move(path));
  }
  TRY_VOID(add_contents(out, classes, since_ns));
  return out.hex();
}

}  // namespace hitz::cli
