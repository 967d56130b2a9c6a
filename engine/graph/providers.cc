// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/providers.h"

#include <algorithm>
#include <regex>
#include <set>

#include "engine/base/text.h"
#include "engine/graph/version.h"

namespace hitz::graph {

namespace {

bool older(const recipe::Recipe& a, const recipe::Recipe& b) {
  int ea = std::atoi(a.pe.c_str()), eb = std::atoi(b.pe.c_str());
  if (ea != eb) return ea < eb;
  if (int c = compare_versions(a.pv, b.pv); c != 0) return c < 0;
  return compare_versions(a.pr, b.pr) < 0;
}

bool version_matches(const recipe::Recipe& recipe, std::string wanted) {
  std::string epoch;
  if (std::size_t colon = wanted.find(':'); colon != std::string::npos) {
    epoch = wanted.substr(0, colon);
    wanted = wanted.substr(colon + 1);
  }
  if (!epoch.empty() && epoch != recipe.pe) return false;
  if (wanted.ends_with('%')) return recipe.pv.starts_with(wanted.substr(0, wanted.size() - 1));
  return recipe.pv == wanted;
}

}  // namespace

Providers::Providers(const recipe::World& world) : world_(world) {
  for (const auto& recipe : world.recipes) {
    if (recipe.skipped) continue;
    for (const auto& name : recipe.provides) build_[name].push_back(recipe.id);
    std::set<std::string> runtime(recipe.rprovides.begin(), recipe.rprovides.end());
    for (const auto& [package, fields] : recipe.packages) {
      runtime.insert(package);
      runtime.insert(fields.rprovides.begin(), fields.rprovides.end());
    }
    for (const auto& name : runtime) runtime_[name].push_back(recipe.id);
  }
  assumed_ = words(setting("ASSUME_PROVIDED"));
}

std::string Providers::setting(const std::string& name) {
  return world_.config->text(name).value_or("");
}

bool Providers::assumed(const std::string& name) const {
  return std::any_of(assumed_.begin(), assumed_.end(), [&](const std::string& entry) {
    if (!entry.starts_with('^') && !entry.ends_with('$')) return entry == name;
    return std::regex_search(name, std::regex(entry), std::regex_constants::match_continuous);
  });
}

std::vector<std::string> Providers::all_names() const {
  std::vector<std::string> out;
  for (const auto& [name, ids] : build_) out.push_back(name);
  return out;
}

std::string Providers::skipped_reason(const std::string& name) const {
  for (const auto& recipe : world_.recipes) {
    if (!recipe.skipped) continue;
    bool provides =
        recipe.pn == name ||
        std::find(recipe.provides.begin(), recipe.provides.end(), name) != recipe.provides.end() ||
        recipe.packages.contains(name);
    if (provides) return recipe.pn + " was skipped: " + *recipe.skipped;
  }
  return "";
}

Error Providers::nothing_provides(const std::string& name, const std::string& wanted_by,
                                  std::string_view how) const {
  std::string message = "Nothing " + std::string(how) + " '" + name + "'";
  if (!wanted_by.empty()) message += " (but " + wanted_by + " needs it)";
  if (std::string reason = skipped_reason(name); !reason.empty()) {
    message += "; " + reason;
  } else {
    std::vector<std::string> names = all_names();
    if (how == "RPROVIDES") {
      for (const auto& [package, ids] : runtime_) names.push_back(package);
    }
    message += suggestion(name, names);
  }
  return Error{Blame::Input, std::move(message), {}, Kind::Plain, {}};
}

// Best first: layers by priority, the preferred version first of all, then DEFAULT_PREFERENCE and
// the latest version.
std::vector<RecipeId> Providers::ranked(std::vector<RecipeId> candidates, const std::string& pn) {
  std::string wanted;
  for (const char* kind : {"REQUIRED_VERSION", "PREFERRED_VERSION"}) {
    for (const auto& name : {std::string(kind) + "_" + pn + ":pn-" + pn,
                             std::string(kind) + ":pn-" + pn, std::string(kind) + "_" + pn}) {
      if (wanted.empty()) wanted = setting(name);
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(), [&](RecipeId left, RecipeId right) {
    const auto& a = world_.recipes[left];
    const auto& b = world_.recipes[right];
    if (!wanted.empty()) {
      bool x = version_matches(a, wanted), y = version_matches(b, wanted);
      if (x != y) return x;
    }
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.default_preference != b.default_preference)
      return a.default_preference > b.default_preference;
    return older(b, a);
  });
  return candidates;
}

RecipeId Providers::choose(const std::string& name, const std::vector<RecipeId>& candidates) {
  std::map<std::string, std::vector<RecipeId>> by_pn;
  for (RecipeId id : candidates) by_pn[world_.recipes[id].pn].push_back(id);
  std::string preferred = setting("PREFERRED_PROVIDER_" + name);
  if (auto found = by_pn.find(preferred); found != by_pn.end())
    return ranked(found->second, found->first)[0];
  if (auto found = by_pn.find(name); found != by_pn.end()) return ranked(found->second, name)[0];
  std::vector<RecipeId> best;
  for (const auto& [pn, ids] : by_pn) best.push_back(ranked(ids, pn)[0]);
  return ranked(best, name)[0];
}

Result<std::optional<RecipeId>> Providers::build(const std::string& name,
                                                 const std::string& wanted_by) {
  if (auto found = chosen_.find(name); found != chosen_.end()) return std::optional(found->second);
  auto candidates = build_.find(name);
  if (candidates == build_.end()) {
    if (assumed(name)) return std::optional<RecipeId>();
    return fail(nothing_provides(name, wanted_by, "PROVIDES"));
  }
  if (assumed(name) && !wanted_by.empty()) return std::optional<RecipeId>();
  RecipeId id = choose(name, candidates->second);
  chosen_.emplace(name, id);
  return std::optional(id);
}

std::optional<RecipeId> Providers::runtime_if_any(const std::string& name) {
  if (auto found = chosen_runtime_.find(name); found != chosen_runtime_.end()) return found->second;
  std::vector<RecipeId> candidates;
  if (auto found = runtime_.find(name); found != runtime_.end()) {
    candidates = found->second;
  } else {
    for (const auto& recipe : world_.recipes) {
      if (recipe.skipped) continue;
      for (const auto& pattern : recipe.packages_dynamic) {
        std::regex expression(replace_all(pattern, "+", "\\+"));
        if (std::regex_search(name, expression, std::regex_constants::match_continuous))
          candidates.push_back(recipe.id);
      }
    }
  }
  if (candidates.empty()) return std::nullopt;
  std::string preferred = setting("PREFERRED_RPROVIDER_" + name);
  std::vector<RecipeId> kept;
  for (RecipeId id : candidates) {
    const auto& recipe = world_.recipes[id];
    if (!preferred.empty() && recipe.pn == preferred) kept.push_back(id);
  }
  for (RecipeId id : candidates) {  // a recipe that is the preferred provider of what it provides
                                    // comes before others
    if (!kept.empty()) break;
    for (const auto& provided : world_.recipes[id].provides) {
      if (setting("PREFERRED_PROVIDER_" + provided) == world_.recipes[id].pn) kept.push_back(id);
    }
  }
  RecipeId id = choose(name, kept.empty() ? candidates : kept);
  chosen_runtime_.emplace(name, id);
  return id;
}

Result<std::optional<RecipeId>> Providers::runtime(const std::string& name,
                                                   const std::string& wanted_by) {
  if (assumed(name)) return std::optional<RecipeId>();
  auto id = runtime_if_any(name);
  if (!id) return fail(nothing_provides(name, wanted_by, "RPROVIDES"));
  return id;
}

std::vector<RecipeId> Providers::preferred() {
  std::map<std::string, std::vector<RecipeId>> by_pn;
  for (const auto& recipe : world_.recipes) {
    if (!recipe.skipped) by_pn[recipe.pn].push_back(recipe.id);
  }
  std::vector<RecipeId> out;
  for (const auto& [pn, ids] : by_pn) out.push_back(ranked(ids, pn)[0]);
  return out;
}

}  // namespace hitz::graph
