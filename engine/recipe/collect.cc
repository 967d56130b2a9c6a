// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/collect.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::recipe {

namespace {

constexpr std::string_view kRecipe = ".bb";
constexpr std::string_view kAppend = ".bbappend";

/// A regular expression of metadata; nullopt when it is none.
std::optional<std::regex> compiled(const std::string& expression) {
  try {  // the fence around std::regex, which can only report by throwing
    return std::regex(expression);
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

/// Which layer a path belongs to: the first whose BBFILE_PATTERN matches from the start, patterns
/// in reverse order of their text, so that a layer inside another one comes first.
class Belonging {
 public:
  explicit Belonging(const std::vector<layer::Layer>& layers) {
    for (const auto& layer : layers) {
      if (layer.pattern.empty()) continue;
      if (auto pattern = compiled(layer.pattern)) entries_.push_back({&layer, std::move(*pattern)});
    }
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.layer->pattern > b.layer->pattern; });
  }

  const layer::Layer* of(const std::string& path) const {
    for (const auto& entry : entries_) {
      if (std::regex_search(path, entry.pattern, std::regex_constants::match_continuous)) {
        return entry.layer;
      }
    }
    return nullptr;
  }

  int priority(const std::string& path) const {
    const auto* layer = of(path);
    return layer != nullptr ? layer->priority : 0;
  }

 private:
  struct Entry {
    const layer::Layer* layer;
    std::regex pattern;
  };
  std::vector<Entry> entries_;
};

bool is_version_control(const std::string& name) {
  return name == "SCCS" || name == "CVS" || name == ".svn";
}

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code code;
  std::filesystem::recursive_directory_iterator at(folder, code);
  for (; !code && at != std::filesystem::recursive_directory_iterator(); at.increment(code)) {
    std::string path = at->path().string();
    if (is_version_control(at->path().filename().string())) {
      at.disable_recursion_pending();
    } else if (path.ends_with(kRecipe) || path.ends_with(kAppend)) {
      out.push_back(std::move(path));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

class Collector {
 public:
  explicit Collector(const layer::Configuration& configuration)
      : configuration_(configuration), belonging_(configuration.layers) {}

  Result<Files> collect() {
    TRY_VOID(read_mask());
    for (auto& path : TRY(all_paths())) sort_in(std::move(path));
    TRY_VOID(match_appends());
    TRY_VOID(warn_of_empty_layers());
    std::sort(out_.recipes.begin(), out_.recipes.end(),
              [](const RecipeFile& a, const RecipeFile& b) { return a.path < b.path; });
    return std::move(out_);
  }

 private:
  Result<std::string> text(const std::string& name) { return configuration_.store->text(name); }

  /// Every path that BBFILES leads to, once; entries of layers with low priority first.
  Result<std::vector<std::string>> all_paths() {
    auto entries = words(TRY(text("BBFILES")));
    std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
      return belonging_.priority(a) < belonging_.priority(b);
    });
    TRY_VOID(
        configuration_.store->set("BBFILES_PRIORITIZED", join(entries, " "), data::Writer::Code));
    if (entries.empty()) entries.push_back(join_path(configuration_.topdir, "*.bb"));
    std::vector<std::string> out;
    std::unordered_set<std::string> seen;
    for (const auto& entry : entries) {
      for (auto& path : is_folder(entry) ? files_below(entry) : glob_paths(entry)) {
        if (seen.insert(path).second) out.push_back(std::move(path));
      }
    }
    return out;
  }

  Result<void> read_mask() {
    for (auto mask : words(TRY(text("BBMASK")))) {
      if (mask.starts_with('|')) mask.erase(0, 1);
      if (auto pattern = compiled(mask)) {
        mask_.push_back(std::move(*pattern));
      } else {
        out_.warnings.push_back("BBMASK: '" + mask +
                                "' is not a regular expression, and masks nothing");
      }
    }
    return {};
  }

  void sort_in(std::string path) {
    bool masked = std::any_of(mask_.begin(), mask_.end(), [&](const std::regex& mask) {
      return std::regex_search(path, mask);
    });
    if (masked) {
      out_.masked.push_back(std::move(path));
    } else if (path.ends_with(kAppend)) {
      note_layer(belonging_.of(path));
      appends_.push_back(std::move(path));
    } else if (path.ends_with(kRecipe)) {
      add_recipe(std::move(path));
    }
  }

  void add_recipe(std::string path) {
    const auto* layer = belonging_.of(path);
    note_layer(layer);
    RecipeFile file{std::move(path),
                    {},
                    layer != nullptr ? layer->name : "",
                    layer != nullptr ? layer->priority : 0,
                    configuration_.multiconfig};
    auto& same_name = by_name_[base_name(file.path)];
    if (!same_name.empty()) {
      auto& top = same_name.back();
      bool wins = file.priority >= out_.recipes[top].priority;
      out_.overlayed.push_back(wins ? out_.recipes[top].path : file.path);
      same_name.insert(wins ? same_name.end() : same_name.begin(), out_.recipes.size());
    } else {
      same_name.push_back(out_.recipes.size());
    }
    out_.recipes.push_back(std::move(file));
  }

  void note_layer(const layer::Layer* layer) {
    if (layer != nullptr) with_files_.insert(layer);
  }

  /// "busybox_%.bbappend" goes with every busybox_*.bb, any other with the recipe of its name.
  Result<void> match_appends() {
    std::vector<std::string> dangling;
    for (const auto& append : appends_) {
      std::string name = base_name(append);
      name.resize(name.size() - kAppend.size());
      std::size_t wild = name.find('%');
      bool used = false;
      if (wild == std::string::npos) {
        auto found = by_name_.find(name + std::string(kRecipe));
        used = found != by_name_.end();
        if (used) {
          for (std::size_t at : found->second) out_.recipes[at].appends.push_back(append);
        }
      } else {
        std::string_view start = std::string_view(name).substr(0, wild);
        for (auto& recipe : out_.recipes) {
          if (!base_name(recipe.path).starts_with(start)) continue;
          recipe.appends.push_back(append);
          used = true;
        }
      }
      if (!used) dangling.push_back(append + " appends to no recipe" + near_recipe(name));
    }
    if (dangling.empty()) return {};
    if (only_warn(TRY(text("BB_DANGLINGAPPENDS_WARNONLY")))) {
      for (auto& line : dangling) out_.warnings.push_back(std::move(line));
      return {};
    }
    return input_error(join(dangling, "\n"));
  }

  static bool only_warn(const std::string& value) {
    return value == "1" || value == "yes" || value == "true";
  }

  /// Most often the recipe has moved on to another version.
  std::string near_recipe(const std::string& name) const {
    std::string start = name.substr(0, name.find('_')) + "_";
    std::vector<std::string> names;
    for (const auto& recipe : out_.recipes) {
      names.push_back(base_name(recipe.path));
      if (names.back().starts_with(start)) return "; there is " + names.back();
    }
    return suggestion(name + std::string(kRecipe), names);
  }

  Result<void> warn_of_empty_layers() {
    for (const auto& layer : configuration_.layers) {
      if (layer.pattern.empty() || with_files_.contains(&layer)) continue;
      if (TRY(text("BBFILE_PATTERN_IGNORE_EMPTY_" + layer.name)) == "1") continue;
      out_.warnings.push_back("layer " + layer.name + " has no recipe: no file matches " +
                              "BBFILE_PATTERN_" + layer.name + " '" + layer.pattern + "'");
    }
    return {};
  }

  const layer::Configuration& configuration_;
  Belonging belonging_;
  std::vector<std::regex> mask_;
  Files out_;
  std::vector<std::string> appends_;
  // file name -> places in out_.recipes, the one of highest priority last
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
  std::unordered_set<const layer::Layer*> with_files_;
};

}  // namespace

Result<Files> collect_files(const layer::Configuration& configuration) {
  return Collector(configuration).collect();
}

}  // namespace hitz::recipe
