// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/layers.h"

#include <fnmatch.h>

#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::cli {

Result<LayerFiles> LayerFiles::of(const layer::Configuration& configuration) {
  LayerFiles out;
  data::Store& d = *configuration.store;
  out.folders_ = words(TRY(d.text("BBLAYERS")));
  for (auto& folder : out.folders_) {
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  }
  out.entries_ = words(TRY(d.text("BBFILES_PRIORITIZED")));
  for (const auto& layer : configuration.layers) {
    if (layer.pattern.empty()) continue;
    auto pattern = graph::Pattern::of(layer.pattern);
    if (!pattern)
      return fail(std::move(pattern.error().while_doing("in BBFILE_PATTERN_" + layer.name)));
    out.collections_.push_back({layer.folder, layer.pattern, std::move(*pattern)});
  }
  return out;
}

std::string LayerFiles::name_of(const std::string& path) {
  const std::string& folder = folder_of(path);
  return folder.empty() ? "?" : base_name(folder);
}

std::string LayerFiles::within(const std::string& path) {
  const std::string& folder = folder_of(path);
  if (folder.empty()) return path;
  std::string above = parent_of(folder);
  if (!above.ends_with('/')) above += '/';
  return path.starts_with(above) ? path.substr(above.size()) : path;
}

// A recipe belongs to whoever lists it in BBFILES, whatever the recipe's own path looks like.
const std::string& LayerFiles::folder_of(const std::string& path) {
  auto [known, fresh] = known_.try_emplace(path);
  if (!fresh) return known->second;
  auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), path.c_str(), FNM_NOESCAPE) == 0;
  });
  known->second = folder_by_pattern(entry != entries_.end() ? *entry : path);
  return known->second;
}

// The longest pattern counts: layers lie inside each other.
std::string LayerFiles::folder_by_pattern(const std::string& path) const {
  const Collection* best = nullptr;
  for (const auto& collection : collections_) {
    if (best != nullptr && collection.expression.size() <= best->expression.size()) continue;
    if (collection.pattern.matches_start_of(path)) best = &collection;
  }
  return best != nullptr ? best->folder : "";
}

bool matches_any(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
  });
}

std::string find_on_path(const std::string& path, const std::string& name) {
  for (const auto& folder : split(path, ':')) {
    std::string file = join_path(folder, name);
    if (exists(file)) return file;
  }
  return "";
}

std::pair<std::string, std::string> guess_from_name(const std::string& path) {
  std::string name = base_name(path);
  if (std::size_t dot = name.rfind('.'); dot != std::string::npos && dot > 0) name.resize(dot);
  auto parts = split(name, '_');
  return {parts[0], parts.size() > 1 ? parts[1] : "unknown"};
}

std::string absolute_folder(const std::string& path) {
  std::string out = absolute_path(path);
  while (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out;
}

Result<std::string> bblayers_conf() {
  std::string folder = build_directory();
  if (folder.empty())
    return input_error(
        "there is no build directory here: no conf/bblayers.conf in this folder or above it");
  return folder + "/conf/bblayers.conf";
}

Result<std::vector<std::string>> add_layers(House& house, const std::vector<std::string>& folders,
                                            bool force) {
  for (const auto& folder : folders) {
    if (!exists(folder))
      return input_error("Specified layer directory " + folder + " doesn't exist");
    if (!exists(folder + "/conf/layer.conf"))
      return input_error("Specified layer directory " + folder +
                         " doesn't contain a conf/layer.conf file");
  }
  std::string conf = TRY(bblayers_conf()), before = TRY(read_file(conf));
  std::vector<std::string> arguments = {conf, "add"};
  arguments.insert(arguments.end(), folders.begin(), folders.end());
  auto known = words(TRY(house.python->call("hitz.layers", "edit", nullptr, arguments)));
  if (force) return known;
  auto parsed = house.configure({}, false);
  if (parsed) return known;
  TRY_VOID(write_file(conf, before));
  return fail(std::move(parsed.error().while_doing(
      "with the specified layer added; bblayers.conf is again what it was")));
}

}  // namespace hitz::cli
