// SPDX-License-Identifier: Apache-2.0
// flatten: layers copied into one folder.

#include <filesystem>
#include <set>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/layers.h"
#include "engine/recipe/collect.h"

namespace hitz::cli {

namespace {

class Flattening {
 public:
  Flattening(House& house, LayerFiles& files, std::string output)
      : house_(house), files_(files), output_(std::move(output)) {}

  Result<int> run(const std::vector<std::string>& layers) {
    TRY_VOID(choose(layers));
    auto collected = TRY(recipe::collect_files(house_.configuration));
    overlayed_.insert(collected.overlayed.begin(), collected.overlayed.end());
    for (const auto& recipe : collected.recipes) {
      appends_[base_name(recipe.path)] = recipe.appends;
      all_appends_.insert(recipe.appends.begin(), recipe.appends.end());
    }
    for (const auto& folder : folders_) TRY_VOID(copy_layer(folder));
    TRY_VOID(copy_unused_appends());
    TRY_VOID(check_files());
    return 0;
  }

 private:
  Result<void> choose(const std::vector<std::string>& layers) {
    if (layers.empty()) {
      folders_ = files_.folders();
      return {};
    }
    std::set<std::string> missing(layers.begin(), layers.end());
    std::vector<std::string> known;
    for (const auto& folder : files_.folders()) {
      known.push_back(base_name(folder));
      if (missing.erase(base_name(folder)) > 0) folders_.push_back(folder);
    }
    if (missing.empty()) return {};
    return input_error("Unable to find layer " + *missing.begin() + " in current configuration" +
                       suggestion(*missing.begin(), known) +
                       "; 'hitz layers show-layers' lists configured layers");
  }

  void say(const std::string& text) const { event::log(*house_.events, event::Level::Plain, text); }
  void warn(const std::string& text) const {
    event::log(*house_.events, event::Level::Warning, text);
  }

  /// The chosen layer that a path is in; "" for none.
  std::string chosen_layer(const std::string& path) const {
    for (const auto& folder : folders_) {
      if (path.starts_with(folder + "/")) return folder;
    }
    return "";
  }

  std::string destination(const std::string& path, const std::string& folder) const {
    return output_ + path.substr(folder.size());
  }

  Result<void> copy_layer(const std::string& folder) {
    say("Copying files from " + folder + "...");
    for (const auto& path : TRY(tree_below(folder))) {
      std::string below = path.substr(folder.size());
      if (is_folder(path) || below.find("/.git/") != std::string::npos ||
          below.find("/.hg/") != std::string::npos)
        continue;
      if (overlayed_.contains(path)) {
        say("  Skipping overlayed file " + path);
      } else if (!path.ends_with(".bbappend")) {
        TRY_VOID(copy_file(path, destination(path, folder)));
      }
    }
    return {};
  }

  Result<void> copy_file(const std::string& from, const std::string& to) {
    if (exists(to)) {
      if (from.ends_with("/conf/layer.conf")) {
        say("  Skipping layer config file " + from);
        return {};
      }
      warn("Overwriting file " + to);
    }
    TRY_VOID(copy(from, to));
    auto appends = appends_.find(base_name(from));
    if (!from.ends_with(".bb") || appends == appends_.end()) return {};
    for (const auto& append : appends->second) {
      if (chosen_layer(append).empty()) continue;
      say("  Applying append " + append + " to " + to);
      TRY_VOID(apply(append, to));
      applied_.insert(append);
    }
    return {};
  }

  Result<void> apply(const std::string& append, const std::string& recipe) {
    std::string text = TRY(read_file(recipe));
    text += "\n##### bbappended from " + files_.name_of(append) + " #####\n";
    return write_file(recipe, text + TRY(read_file(append)));
  }

  static Result<void> copy(const std::string& from, const std::string& to) {
    TRY_VOID(make_folders(parent_of(to)));
    std::error_code code;
    std::filesystem::copy(from, to,
                          std::filesystem::copy_options::overwrite_existing |
                              std::filesystem::copy_options::copy_symlinks,
                          code);
    if (code) return environment_error("cannot copy " + from + " to " + to + ": " + code.message());
    return {};
  }

  /// Appends to recipes of layers that are not flattened stay appends.
  Result<void> copy_unused_appends() {
    for (const auto& append : all_appends_) {
      std::string folder = chosen_layer(append);
      if (applied_.contains(append) || folder.empty()) continue;
      TRY_VOID(copy(append, destination(append, folder)));
    }
    return {};
  }

  /// The first layer's layer.conf is the one that is left: every recipe should match its BBFILES.
  Result<void> check_files() {
    const std::string& first = folders_.front();
    std::vector<std::string> patterns;
    for (const auto& entry : words(TRY(house_.configuration.store->text("BBFILES")))) {
      if (entry.starts_with(first + "/")) patterns.push_back(destination(entry, first));
    }
    if (patterns.empty()) return {};
    for (const auto& path : TRY(tree_below(output_))) {
      bool counts = path.ends_with(".bb") || path.ends_with(".bbappend");
      if (counts && !matches_any(path, patterns))
        warn("File " + path +
             " does not match the flattened layer's BBFILES setting, you may need to edit "
             "conf/layer.conf or move the file elsewhere");
    }
    return {};
  }

  House& house_;
  LayerFiles& files_;
  std::string output_;
  std::vector<std::string> folders_;
  std::set<std::string> overlayed_, all_appends_, applied_;
  std::map<std::string, std::vector<std::string>> appends_;  // by the recipe's file name
};

}  // namespace

Result<int> flatten(House& house, LayerFiles& files, const std::vector<std::string>& layers,
                    const std::string& output) {
  return Flattening(house, files, output).run(layers);
}

}  // namespace hitz::cli
