// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/preference.h"

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/base/version.h"

namespace hitz::graph {

namespace {

using Recipes = std::vector<recipe::RecipeId>;

/// "[epoch:]version", where version may end in %.
struct Wanted {
  std::string text;  // as it was written
  std::optional<std::string> epoch;
  std::string version;
};

/// REQUIRED_VERSION or PREFERRED_VERSION as set for a PN, in BitBake's three spellings.
Result<std::optional<std::string>> version_variable(const Variable& variable,
                                                    const std::string& keyword,
                                                    std::string_view pn) {
  const std::string name = keyword + "_VERSION";
  for (const auto& spelling :
       {name + ":pn-" + std::string(pn), name + "_" + std::string(pn), name}) {
    auto value = TRY(variable(spelling));
    if (value && !value->empty()) return value;
  }
  return std::nullopt;
}

Wanted wanted(const std::string& text) {
  Wanted out{text, std::nullopt, text};
  for (;;) {
    std::size_t digits = out.version.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string::npos || out.version[digits] != ':') return out;
    out.epoch = out.version.substr(0, digits);
    out.version.erase(0, digits + 1);
  }
}

bool fits(const recipe::Recipe& recipe, const Wanted& want) {
  if (want.epoch && *want.epoch != recipe.pe) return false;
  if (want.version == recipe.pv) return true;
  return want.version.ends_with('%') &&
         recipe.pv.starts_with(want.version.substr(0, want.version.size() - 1));
}

/// Highest layer priority first, then lowest DEFAULT_PREFERENCE first.
Recipes by_priority(const recipe::World& world, Recipes versions) {
  std::stable_sort(versions.begin(), versions.end(), [&](auto a, auto b) {
    const auto& left = world.recipes[a];
    const auto& right = world.recipes[b];
    if (left.priority != right.priority) return left.priority > right.priority;
    return left.default_preference < right.default_preference;
  });
  return versions;
}

/// Of the highest priority: the highest DEFAULT_PREFERENCE, then the newest.
recipe::RecipeId latest(const recipe::World& world, const Recipes& sorted) {
  recipe::RecipeId best = sorted[0];
  for (auto id : sorted) {
    const auto& recipe = world.recipes[id];
    const auto& champion = world.recipes[best];
    if (recipe.priority != champion.priority) break;
    bool newer = compare_versions({champion.pe, champion.pv, champion.pr},
                                  {recipe.pe, recipe.pv, recipe.pr}) < 0;
    if (recipe.default_preference > champion.default_preference ||
        (recipe.default_preference == champion.default_preference && newer)) {
      best = id;
    }
  }
  return best;
}

std::string missing_version(const recipe::World& world, std::string_view kind, std::string_view pn,
                            const std::string& version, const Recipes& versions) {
  std::set<std::string> available;
  for (auto id : versions) {
    const auto& recipe = world.recipes[id];
    available.insert(recipe.pe.empty() ? recipe.pv : recipe.pe + ":" + recipe.pv);
  }
  return std::string(kind) + " version " + version + " of " + std::string(pn) +
         " is not available; there is " + join({available.begin(), available.end()}, ", ");
}

}  // namespace

Result<VersionChoice> choose_version(const recipe::World& world, const Variable& variable,
                                     std::string_view pn, const Recipes& versions) {
  auto required = TRY(version_variable(variable, "REQUIRED", pn));
  auto preferred = required ? required : TRY(version_variable(variable, "PREFERRED", pn));
  Recipes sorted = by_priority(world, versions);
  if (!preferred) return VersionChoice{latest(world, sorted), VersionChoice::By::Version, ""};
  Wanted want = wanted(*preferred);
  for (auto id : sorted) {
    if (fits(world.recipes[id], want)) return VersionChoice{id, VersionChoice::By::Preference, ""};
  }
  auto note = missing_version(world, required ? "required" : "preferred", pn, want.text, versions);
  if (required) return VersionChoice{std::nullopt, VersionChoice::By::Version, note};
  return VersionChoice{latest(world, sorted), VersionChoice::By::Version, note};
}

Result<Versions> versions_of(const recipe::World& world, const Variable& variable,
                             std::string_view pn, const Recipes& versions) {
  auto choice = TRY(choose_version(world, variable, pn, versions));
  bool required = TRY(version_variable(variable, "REQUIRED", pn)).has_value();
  return Versions{latest(world, by_priority(world, versions)), choice.recipe, required};
}

}  // namespace hitz::graph
