// SPDX-License-Identifier: Apache-2.0
// show-recipes, show-overlayed, show-appends.

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/layers.h"
#include "engine/graph/preference.h"

namespace hitz::cli {

namespace {

using recipe::Recipe;
using recipe::RecipeId;

constexpr const char* kClassFolders[] = {"classes-global", "classes-recipe", "classes"};

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

/// Skipped recipes, those of layers with high priority first.
std::vector<const Recipe*> skipped_recipes(const recipe::World& world) {
  std::vector<const Recipe*> out;
  for (const auto& recipe : world.recipes) {
    if (recipe.skipped) out.push_back(&recipe);
  }
  std::sort(out.begin(), out.end(), [](const Recipe* a, const Recipe* b) {
    if (a->priority != b->priority) return a->priority > b->priority;
    return a->virtual_file < b->virtual_file;
  });
  return out;
}

/// One version of a recipe that some layer has.
struct Offer {
  std::string pe, pv, pr;
  const Recipe* recipe = nullptr;

  bool same_version(const Offer& other) const {
    return pe == other.pe && pv == other.pv && pr == other.pr;
  }
  std::string version() const { return (pe.empty() ? "" : pe + ":") + pv; }
};

class Listing {
 public:
  Listing(const House::Realm& realm, LayerFiles& layers, const RecipeListing& wanted)
      : realm_(realm), layers_(layers), wanted_(wanted) {}

  Result<std::string> text() {
    TRY_VOID(check_classes());
    for (auto& name : words(TRY(realm_.world->config->text("INHERIT"))))
      global_classes_.insert(std::move(name));
    TRY_VOID(collect());
    for (const auto& [name, offers] : offers_) {
      if (wanted_.patterns.empty() || matches_any(name, wanted_.patterns)) add(name, offers);
    }
    return std::move(out_);
  }

 private:
  Result<void> check_classes() {
    std::string path = TRY(realm_.world->config->text("BBPATH"));
    for (const auto& name : wanted_.inherits) {
      bool found =
          std::any_of(std::begin(kClassFolders), std::end(kClassFolders), [&](auto folder) {
            return !find_on_path(path, std::string(folder) + "/" + name + ".bbclass").empty();
          });
      if (!found) return input_error("No class named " + name + " found in BBPATH");
    }
    return {};
  }

  // A skipped recipe is not read to its end: its file's name has to do.
  Result<void> collect() {
    std::map<std::string, std::vector<RecipeId>> versions;
    for (const auto& recipe : realm_.world->recipes) {
      if (recipe.skipped) continue;
      offers_[recipe.pn].push_back({recipe.pe, recipe.pv, recipe.pr, &recipe});
      versions[recipe.pn].push_back(recipe.id);
      if (recipe.variant.empty()) plain_[recipe.file] = &recipe;
    }
    graph::Variable variable = [this](const std::string& name) {
      return realm_.providers->variable(name);
    };
    for (const auto& [name, ids] : versions) {
      auto choice = TRY(graph::choose_version(*realm_.world, variable, name, ids));
      const Recipe& best = realm_.world->recipes[choice.recipe.value_or(ids.front())];
      preferred_[name] = {best.pe, best.pv, best.pr, &best};
    }
    for (const Recipe* recipe : skipped_recipes(*realm_.world)) {
      auto [name, version] = guess_from_name(recipe->file);
      Offer offer{"", version, "", recipe};
      offers_[name].push_back(offer);
      preferred_.try_emplace(name, offer);
      if (recipe->variant.empty()) why_skipped_[recipe->file] = *recipe->skipped;
    }
    return {};
  }

  bool inherits_all(const std::string& file) const {
    auto found = plain_.find(file);
    std::size_t matching = 0;
    if (found != plain_.end()) {
      for (const auto& path : found->second->inherits) {
        std::string name = base_name(path);
        name = name.substr(0, name.rfind('.'));
        if (!global_classes_.contains(name) &&
            std::find(wanted_.inherits.begin(), wanted_.inherits.end(), name) !=
                wanted_.inherits.end())
          ++matching;
      }
    }
    return matching == wanted_.inherits.size();
  }

  void add(const std::string& name, const std::vector<Offer>& offers) {
    if (wanted_.only_multiple && offers.size() < 2) return;
    const Offer& best = preferred_.at(name);
    const std::string& file = best.recipe->file;
    // What a recipe is extended to is shown with the recipe itself.
    if (!best.recipe->variant.empty() && plain_.contains(file) && !wanted_.variants) return;
    if (!wanted_.inherits.empty() && !inherits_all(file)) return;
    if (shown_.contains(file)) return;
    std::string layer = layers_.name_of(file);
    bool several_layers = false, same_version = true;
    for (const auto& offer : offers) {
      if (layers_.name_of(offer.recipe->file) != layer) several_layers = true;
      if (!offer.same_version(best)) same_version = false;
    }
    if (wanted_.only_overlayed && !several_layers) return;
    if (wanted_.only_same_version && !same_version) return;
    shown_.insert(file);
    if (out_.empty()) out_ = "=== " + wanted_.title + " ===\n";
    item(name, best, layer, true);
    for (const auto& offer : offers) {
      bool is_best = wanted_.variants ? offer.recipe->virtual_file == best.recipe->virtual_file
                                      : offer.recipe->file == file;
      if (!is_best) item(name, offer, layers_.name_of(offer.recipe->file), false);
    }
  }

  void item(const std::string& name, const Offer& offer, const std::string& layer, bool best) {
    if (!wanted_.layer.empty() && layer != wanted_.layer) return;
    std::string skipped;
    if (auto why = why_skipped_.find(offer.recipe->file);
        !wanted_.bare && why != why_skipped_.end())
      skipped = " (skipped: " + why->second + ")";
    if (wanted_.filenames) {
      out_ += (best ? "" : "  ") + offer.recipe->file + skipped + "\n";
    } else if (wanted_.names_only) {
      if (named_.insert(name).second) out_ += name + skipped + "\n";
    } else {
      if (best) out_ += name + ":\n";
      out_ += "  " + padded(layer, 20) + " " + offer.version() + skipped + "\n";
    }
  }

  const House::Realm& realm_;
  LayerFiles& layers_;
  const RecipeListing& wanted_;
  std::set<std::string> global_classes_;
  std::map<std::string, std::vector<Offer>> offers_;
  std::map<std::string, Offer> preferred_;
  std::map<std::string, const Recipe*> plain_;      // recipes that are no variant, by file
  std::map<std::string, std::string> why_skipped_;  // by file
  std::set<std::string> shown_, named_;
  std::string out_;
};

/// Class files with the folders that have them.
std::map<std::string, std::vector<std::string>> folders_of_classes(const LayerFiles& layers) {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& layer : layers.folders()) {
    for (const char* name : kClassFolders) {
      std::string folder = join_path(layer, name);
      for (const auto& path : list_folder(folder)) {
        if (path.ends_with(".bbclass")) out[base_name(path)].push_back(folder);
      }
    }
  }
  return out;
}

std::string appends_text(const Recipe& recipe, const std::string& suffix) {
  std::string out = base_name(recipe.file) + suffix + ":\n";
  for (const auto& append : recipe.appends) out += "  " + append + "\n";
  return out;
}

/// The appends of the recipes of one name.
Result<std::string> appends_of(const House::Realm& realm, const std::string& name,
                               const std::vector<const Recipe*>& recipes) {
  std::string out;
  std::set<std::string> without;
  for (const Recipe* recipe : recipes) {
    if (!recipe->variant.empty()) continue;
    if (recipe->appends.empty()) {
      without.insert(base_name(recipe->file));
    } else {
      out += appends_text(*recipe, "");
    }
  }
  if (out.empty()) return out;
  auto choice = TRY(realm.providers->choose(name, graph::Side::Build));
  if (choice.candidates.empty()) return out;
  std::string best = base_name(realm.world->recipes[choice.candidates[0]].file);
  if (without.contains(best))
    out += "WARNING: " + best + ": missing append for preferred version\n";
  return out;
}

}  // namespace

Result<std::string> list_recipes(const House::Realm& realm, LayerFiles& layers,
                                 const RecipeListing& wanted) {
  return Listing(realm, layers, wanted).text();
}

Result<std::string> list_overlayed_classes(const House& house, LayerFiles& layers, bool filenames) {
  std::string path = TRY(house.configuration.store->text("BBPATH"));
  std::string out;
  for (const auto& [file, folders] : folders_of_classes(layers)) {
    if (folders.size() < 2) continue;
    std::string used;
    for (const char* name : kClassFolders) {
      if (used.empty()) used = find_on_path(path, std::string(name) + "/" + file);
    }
    out += filenames ? used + "\n"
                     : file + ":\n  " +
                           (used.empty() ? "?" : base_name(parent_of(parent_of(used)))) + "\n";
    for (const auto& folder : folders) {
      std::string other = join_path(folder, file);
      if (other != used) out += "  " + (filenames ? other : base_name(parent_of(folder))) + "\n";
    }
  }
  return out.empty() ? out : "=== Overlayed classes ===\n" + out;
}

Result<std::string> list_appends(const House::Realm& realm,
                                 const std::vector<std::string>& patterns) {
  std::map<std::string, std::vector<const Recipe*>> by_name;
  for (const auto& recipe : realm.world->recipes) {
    if (!recipe.skipped) by_name[recipe.pn].push_back(&recipe);
  }
  std::string out;
  for (const auto& [name, recipes] : by_name) {
    if (!patterns.empty() && !matches_any(name, patterns)) continue;
    out += TRY(appends_of(realm, name, recipes));
  }
  if (patterns.empty()) {
    for (const Recipe* recipe : skipped_recipes(*realm.world)) {
      if (!recipe->appends.empty()) out += appends_text(*recipe, " (skipped)");
    }
  }
  return std::string("=== ") +
         (patterns.empty() ? "Appended recipes" : "Matched appended recipes") + " ===\n" +
         (out.empty() ? "No append files found\n" : out);
}

}  // namespace hitz::cli
