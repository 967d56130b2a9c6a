// SPDX-License-Identifier: Apache-2.0
// show-cross-depends.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/layers.h"

namespace hitz::cli {

namespace {

using recipe::Recipe;
using recipe::RecipeId;

constexpr std::string_view kBlanks = " \t\r\f\v";

/// What follows a word and blanks at the start of a line.
std::optional<std::string> after(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return std::nullopt;
  line.remove_prefix(word.size());
  std::size_t start = line.find_first_not_of(kBlanks);
  if (start == 0 || start == std::string_view::npos) return std::nullopt;
  return std::string(line.substr(start));
}

bool is_machine(const std::string& path) {
  return path.ends_with(".conf") && parent_of(path).ends_with("/conf/machine");
}

class CrossDepends {
 public:
  CrossDepends(const House::Realm& realm, LayerFiles& layers, bool filenames,
               const std::vector<std::string>& ignored)
      : realm_(realm),
        layers_(layers),
        filenames_(filenames),
        ignored_(ignored.begin(), ignored.end()) {}

  Result<std::string> text() {
    path_ = TRY(realm_.world->config->text("BBPATH"));
    for (auto& name : words(TRY(realm_.world->config->text("INHERIT"))))
      global_classes_.insert(std::move(name));
    for (const auto& recipe : realm_.world->recipes) {
      if (recipe.skipped) continue;
      names_.insert(recipe.pn);
      if (recipe.variant.empty()) plain_[recipe.file] = &recipe;
    }
    // As BitBake: a recipe's variants count as the recipe itself once more.
    for (const auto& recipe : realm_.world->recipes) {
      if (!recipe.skipped) TRY_VOID(of_recipe(recipe.file));
    }
    for (const auto& folder : layers_.folders()) TRY_VOID(of_layer(folder));
    return std::move(out_);
  }

 private:
  Result<void> of_recipe(const std::string& file) {
    layer_ = layers_.name_of(file);
    auto found = plain_.find(file);
    const Recipe* recipe = found != plain_.end() ? found->second : nullptr;
    if (recipe != nullptr) {
      std::set<std::string> seen;
      for (const auto& name : recipe->depends) {
        if (names_.contains(name) && seen.insert(name).second)
          TRY_VOID(needs(*recipe, "DEPENDS", name));
      }
      TRY_VOID(at_run_time(*recipe, "RDEPENDS", &recipe::Package::rdepends));
      TRY_VOID(at_run_time(*recipe, "RRECOMMENDS", &recipe::Package::rrecommends));
      for (const auto& path : recipe->inherits) {
        std::string name = base_name(path);
        if (!global_classes_.contains(name.substr(0, name.rfind('.'))))
          tell(file, "inherits", path);
      }
    }
    return includes(file, recipe != nullptr ? recipe->pv : "");
  }

  Result<void> needs(const Recipe& recipe, const char* keyword, const std::string& name) {
    auto choice = TRY(realm_.providers->choose(name, graph::Side::Build));
    if (!choice.candidates.empty())
      tell(recipe.file, keyword, realm_.world->recipes[choice.candidates[0]].file);
    return {};
  }

  Result<void> at_run_time(const Recipe& recipe, const char* keyword,
                           std::vector<std::string> recipe::Package::* list) {
    std::set<std::string> seen;
    const auto& of_all = list == &recipe::Package::rdepends ? recipe.rdepends : recipe.rrecommends;
    for (const auto& name : of_all) {
      if (seen.insert(name).second) TRY_VOID(needs_at_run_time(recipe, keyword, name));
    }
    for (const auto& [package, facts] : recipe.packages) {
      (void)package;
      for (const auto& name : facts.*list) {
        if (seen.insert(name).second) TRY_VOID(needs_at_run_time(recipe, keyword, name));
      }
    }
    return {};
  }

  Result<void> needs_at_run_time(const Recipe& recipe, const char* keyword,
                                 const std::string& name) {
    const auto& world = *realm_.world;
    auto holds_own = [&](const std::vector<RecipeId>& ids) {
      return std::any_of(ids.begin(), ids.end(), [&](RecipeId id) {
        return world.recipes[id].virtual_file == recipe.file;
      });
    };
    if (holds_own(realm_.providers->everyone(name, graph::Side::Runtime))) return {};
    auto choice = TRY(realm_.providers->choose(name, graph::Side::Runtime));
    if (!holds_own(choice.candidates) && !choice.candidates.empty())
      tell(recipe.file, keyword, world.recipes[choice.candidates[0]].file);
    return {};
  }

  /// What files require and include by a path that BBPATH knows.
  Result<void> includes(const std::string& file, const std::string& version) {
    auto text = read_file(file);
    if (!text) return {};  // a link that leads nowhere
    bool is_class = file.ends_with(".bbclass");
    for (const auto& line : split(*text, '\n')) {
      const char* keyword = "requires";
      auto name = after(line, "require");
      if (!name) {
        keyword = "includes";
        name = after(line, "include");
      }
      if (!name && is_class) {
        keyword = "inherits";
        name = after(line, "inherit");
        if (name) *name += ".bbclass";
      }
      if (!name) continue;
      if (!version.empty()) *name = replace_all(*name, "${PV}", version);
      std::string needed = find_on_path(path_, *name);
      if (!needed.empty()) tell(file, keyword, needed);
    }
    return {};
  }

  Result<void> of_layer(const std::string& folder) {
    layer_ = base_name(folder);
    for (const auto& path : TRY(tree_below(folder))) {
      if (path.ends_with(".inc") || path.ends_with(".bbclass") || is_machine(path))
        TRY_VOID(includes(path, ""));
    }
    return {};
  }

  void tell(const std::string& file, const char* keyword, const std::string& needed) {
    std::string layer = layers_.name_of(needed);
    if (layer == layer_ || ignored_.contains(layer)) return;
    out_ += (filenames_ ? file : layers_.within(file)) + " " + keyword + " " +
            (filenames_ ? needed : layers_.within(needed)) + "\n";
  }

  const House::Realm& realm_;
  LayerFiles& layers_;
  bool filenames_;
  std::set<std::string> ignored_;
  std::string path_;
  std::string layer_;  // of what is looked at
  std::set<std::string> global_classes_;
  std::unordered_set<std::string> names_;
  std::map<std::string, const Recipe*> plain_;
  std::string out_;
};

}  // namespace

Result<std::string> list_cross_depends(const House::Realm& realm, LayerFiles& layers,
                                       bool filenames, const std::vector<std::string>& ignored) {
  return CrossDepends(realm, layers, filenames, ignored).text();
}

}  // namespace hitz::cli
