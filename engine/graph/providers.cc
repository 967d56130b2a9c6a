// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/providers.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "engine/base/text.h"
#include "engine/graph/preference.h"
#include "engine/graph/provider_index.h"

namespace hitz::graph {

namespace {

using Recipes = std::vector<recipe::RecipeId>;
constexpr std::size_t kNamesShown = 8;

/// Looks into a copy of a configuration with its keys expanded, made when it is first
/// needed.
Variable variable_of(std::shared_ptr<data::Store> config) {
  struct Expanded {
    std::shared_ptr<data::Store> store;
  };
  auto expanded = std::make_shared<Expanded>();
  return [config, expanded](const std::string& name) -> Result<std::optional<std::string>> {
    if (!expanded->store) {
      expanded->store = config->copy();
      TRY_VOID(expanded->store->expand_keys());
    }
    auto value = TRY(expanded->store->get(name));
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return std::nullopt;
  };
}

}  // namespace

struct Providers::State {
  State(const recipe::World& of, Variable from, std::string name)
      : world(of), variable(std::move(from)), multiconfig(std::move(name)) {}

  const recipe::World& world;
  Variable variable;
  std::string multiconfig;
  mutable std::optional<ProviderIndex> made_index;         // when somebody first asks
  std::unordered_map<std::string, std::string> preferred;  // PREFERRED_PROVIDERS
  std::set<std::string, std::less<>> assumed;
  std::vector<Pattern> assumed_patterns;
  std::vector<std::string> world_targets;
  ExtraDepends calculate;
  std::vector<std::string> notes;
  std::set<std::string> noted;
  std::optional<Error> broken;  // by a preference; told by the first choice

  ProviderIndex& index() const {
    if (!made_index) made_index.emplace(world, multiconfig);
    return *made_index;
  }
  Result<void> read_assumed();
  Result<void> read_preferred();
  Result<std::optional<std::string>> preferred_provider(std::string_view name) const;
  Result<Choice> eligible(std::string_view item, Recipes providers);
  Result<Choice> prefer_build(std::string_view item, Choice choice);
  Result<Choice> prefer_runtime(std::string_view item, Choice choice);
  Result<std::map<std::size_t, std::string>> inferred(const Choice& choice);
  const recipe::Recipe* named(const Recipes& among, const std::string& pn) const;
  void note(const std::string& text);
  void note_several(std::string_view item, const Choice& choice, Side side);
  std::vector<std::string> reasons(std::string_view name, Side side) const;
  bool stands_alone(const recipe::Recipe& recipe) const;
};

void Providers::State::note(const std::string& text) {
  if (noted.insert(text).second) notes.push_back(text);
}

void Providers::State::note_several(std::string_view item, const Choice& choice, Side side) {
  std::vector<std::string> pns;
  for (auto id : choice.candidates) pns.push_back(world.recipes[id].pn);
  note("several recipes provide " + std::string(item) +
       (side == Side::Runtime ? " at run time (" : " (") + join(pns, ", ") + "); taking " + pns[0] +
       ", set " + (side == Side::Runtime ? "PREFERRED_RPROVIDER_" : "PREFERRED_PROVIDER_") +
       std::string(item) + " to choose");
}

Result<void> Providers::State::read_assumed() {
  auto value = TRY(variable("ASSUME_PROVIDED"));
  for (const auto& word : words(value.value_or(""))) {
    assumed.insert(word);
    if (!word.starts_with('^') && !word.ends_with('$')) continue;
    auto pattern = Pattern::of(word);
    if (!pattern) return fail(std::move(pattern.error().while_doing("in ASSUME_PROVIDED")));
    assumed_patterns.push_back(std::move(*pattern));
  }
  return {};
}

Result<void> Providers::State::read_preferred() {
  auto value = TRY(variable("PREFERRED_PROVIDERS"));
  for (const auto& word : words(value.value_or(""))) {
    auto parts = split(word, ':');
    if (parts.size() != 2) {
      return input_error("PREFERRED_PROVIDERS: '" + word + "' is not item:recipe");
    }
    preferred[parts[0]] = parts[1];
  }
  return {};
}

Result<std::optional<std::string>> Providers::State::preferred_provider(
    std::string_view name) const {
  auto value = TRY(variable("PREFERRED_PROVIDER_" + std::string(name)));
  if (value && !value->empty()) return value;
  return std::nullopt;
}

/// One recipe per PN: those chosen by a version variable first, then the latest ones, both by PN; a
/// PN that is the item itself before all others.
Result<Choice> Providers::State::eligible(std::string_view item, Recipes providers) {
  std::sort(providers.begin(), providers.end(), [&](auto a, auto b) {
    return world.recipes[a].virtual_file < world.recipes[b].virtual_file;
  });
  providers.erase(std::unique(providers.begin(), providers.end()), providers.end());
  std::map<std::string_view, Recipes> by_pn;
  for (auto id : providers) by_pn[world.recipes[id].pn].push_back(id);
  Choice out;
  Recipes latest;
  for (const auto& [pn, versions] : by_pn) {
    auto chosen = TRY(choose_version(world, variable, pn, versions));
    if (!chosen.recipe) return Choice{{}, chosen.note};
    if (!chosen.note.empty()) note(chosen.note);
    bool by_preference = chosen.by == VersionChoice::By::Preference;
    (by_preference ? out.candidates : latest).push_back(*chosen.recipe);
  }
  out.candidates.insert(out.candidates.end(), latest.begin(), latest.end());
  std::stable_partition(out.candidates.begin(), out.candidates.end(),
                        [&](auto id) { return world.recipes[id].pn == item; });
  return out;
}

Result<Choice> Providers::State::prefer_build(std::string_view item, Choice choice) {
  auto pn = TRY(preferred_provider(item));
  if (auto listed = preferred.find(std::string(item)); !pn && listed != preferred.end()) {
    pn = listed->second;
  }
  auto is_preferred = [&](auto id) { return pn && world.recipes[id].pn == *pn; };
  auto& all = choice.candidates;
  bool unique = std::any_of(all.begin(), all.end(), is_preferred);
  std::stable_partition(all.begin(), all.end(), is_preferred);
  if (all.size() > 1 && !unique) note_several(item, choice, Side::Build);
  return choice;
}

/// PREFERRED_PROVIDER entries for what the candidates provide, that name one of them: the place of
/// the candidate, and the entry.
Result<std::map<std::size_t, std::string>> Providers::State::inferred(const Choice& choice) {
  std::map<std::size_t, std::string> out;
  for (auto id : choice.candidates) {
    for (const auto& name : world.recipes[id].provides) {
      auto pn = TRY(preferred_provider(name));
      if (!pn) continue;
      auto at = std::find_if(choice.candidates.begin(), choice.candidates.end(),
                             [&](auto other) { return world.recipes[other].pn == *pn; });
      if (at == choice.candidates.end()) continue;
      auto place = static_cast<std::size_t>(at - choice.candidates.begin());
      if (out.emplace(place, "PREFERRED_PROVIDER_" + name + " = \"" + *pn + "\"").second) break;
    }
  }
  return out;
}

Result<Choice> Providers::State::prefer_runtime(std::string_view item, Choice choice) {
  auto& all = choice.candidates;
  auto to_front = [&](std::size_t place) {
    std::rotate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(place),
                all.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  };
  auto pn = TRY(variable("PREFERRED_RPROVIDER_" + std::string(item)));
  for (std::size_t place = 0; pn && place < all.size(); ++place) {
    if (world.recipes[all[place]].pn != *pn) continue;
    to_front(place);
    return choice;
  }
  auto preferences = TRY(inferred(choice));
  if (preferences.size() > 1) {
    std::vector<std::string> entries;
    for (const auto& [place, entry] : preferences) entries.push_back(entry);
    return Choice{{},
                  join(entries, " and ") + " contradict each other; set PREFERRED_RPROVIDER_" +
                      std::string(item)};
  }
  if (preferences.size() == 1) {
    to_front(preferences.begin()->first);
  } else if (all.size() > 1) {
    note_several(item, choice, Side::Runtime);
  }
  return choice;
}

std::vector<std::string> Providers::State::reasons(std::string_view name, Side side) const {
  std::vector<std::string> out;
  auto has = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const auto& recipe : world.recipes) {
    if (!recipe.skipped || multiconfig_of(recipe) != multiconfig) continue;
    bool by_package = side == Side::Runtime && recipe.packages.contains(std::string(name));
    if (recipe.pn == name) {
      out.push_back(recipe.pn + " was skipped: " + *recipe.skipped);
    } else if (side == Side::Build ? has(recipe.provides) : by_package || has(recipe.rprovides)) {
      out.push_back(recipe.pn + " provides it but was skipped: " + *recipe.skipped);
    }
  }
  return out;
}

/// Nobody else provides what the recipe, in any of its versions, provides; nothing of it is
/// virtual.
bool Providers::State::stands_alone(const recipe::Recipe& recipe) const {
  for (auto version : index().versions.at(recipe.pn)) {
    for (const auto& name : world.recipes[version].provides) {
      if (name.starts_with("virtual/")) return false;
      const auto& others = index().build.at(name);
      bool shared = std::any_of(others.begin(), others.end(),
                                [&](auto other) { return world.recipes[other].pn != recipe.pn; });
      if (shared) return false;
    }
  }
  return true;
}

std::string_view multiconfig_of(const recipe::Recipe& recipe) {
  std::string_view file = recipe.virtual_file;
  if (!file.starts_with("mc:")) return "";
  return file.substr(3, file.find(':', 3) - 3);
}

Providers::Providers(const recipe::World& world)
    : Providers(world, world.config, world.multiconfig) {}

Providers::Providers(const recipe::World& world, Variable variable, std::string multiconfig)
    : state_(std::make_unique<State>(world, std::move(variable), std::move(multiconfig))) {
  read_preferences();
}

Providers::Providers(const recipe::World& world, std::shared_ptr<data::Store> config,
                     std::string multiconfig)
    : Providers(world, variable_of(std::move(config)), std::move(multiconfig)) {}

void Providers::read_preferences() {
  auto read = state_->read_assumed();
  if (read) read = state_->read_preferred();
  if (!read) state_->broken = std::move(read.error());
}

const std::string& Providers::multiconfig() const {
  return state_->multiconfig;
}

Providers::~Providers() = default;
Providers::Providers(Providers&&) noexcept = default;
Providers& Providers::operator=(Providers&&) noexcept = default;

const recipe::World& Providers::world() const {
  return state_->world;
}

Result<std::optional<std::string>> Providers::variable(const std::string& name) const {
  return state_->variable(name);
}

bool Providers::assumed(std::string_view name) const {
  if (state_->assumed.contains(name)) return true;
  return std::any_of(state_->assumed_patterns.begin(), state_->assumed_patterns.end(),
                     [&](const Pattern& pattern) { return pattern.matches_start_of(name); });
}

std::vector<recipe::RecipeId> Providers::everyone(std::string_view name, Side side) const {
  const auto& names = side == Side::Build ? state_->index().build : state_->index().runtime;
  auto found = names.find(name);
  return found == names.end() ? Recipes{} : found->second;
}

Result<Choice> Providers::choose(std::string_view name, Side side) {
  if (state_->broken) return fail(*state_->broken);
  auto providers =
      side == Side::Build ? everyone(name, side) : TRY(state_->index().at_run_time(name));
  if (providers.empty()) return Choice{};
  auto choice = TRY(state_->eligible(name, std::move(providers)));
  if (choice.candidates.empty()) return choice;
  return side == Side::Build ? state_->prefer_build(name, std::move(choice))
                             : state_->prefer_runtime(name, std::move(choice));
}

Result<std::optional<recipe::RecipeId>> Providers::taken(std::string_view name, Side side,
                                                         const std::string& wanted_by) {
  if (assumed(name)) return std::nullopt;
  auto choice = TRY(choose(name, side));
  if (!choice.candidates.empty()) return choice.candidates[0];
  std::vector<std::string> users;
  if (!wanted_by.empty()) users.push_back(wanted_by);
  return input_error(absence(name, side, choice.why, users));
}

Result<std::optional<recipe::RecipeId>> Providers::build(std::string_view name,
                                                         const std::string& wanted_by) {
  return taken(name, Side::Build, wanted_by);
}

Result<std::optional<recipe::RecipeId>> Providers::runtime(std::string_view name,
                                                           const std::string& wanted_by) {
  return taken(name, Side::Runtime, wanted_by);
}

std::vector<std::string> Providers::all_names() const {
  std::vector<std::string> out;
  for (const auto& [name, recipes] : state_->index().build) out.emplace_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

std::string Providers::absence(std::string_view name, Side side, std::string_view why,
                               const std::vector<std::string>& users) const {
  std::string out = "nothing provides '" + std::string(name) + "'";
  if (side == Side::Runtime) out += " at run time";
  if (!users.empty()) {
    std::vector<std::string> shown(
        users.begin(),
        users.begin() + static_cast<std::ptrdiff_t>(std::min(users.size(), kNamesShown)));
    if (users.size() > kNamesShown) {
      shown.push_back("and " + std::to_string(users.size() - kNamesShown) + " more");
    }
    out += users.size() == 1 ? " (but " + shown[0] + " depends on it)"
                             : " (but these depend on it: " + join(shown, ", ") + ")";
  }
  if (!why.empty()) return out + "; " + std::string(why);
  auto because = state_->reasons(name, side);
  for (const auto& reason : because) out += "; " + reason;
  if (!because.empty()) return out;
  if (side == Side::Build) {
    auto runtime = everyone(name, Side::Runtime);
    if (!runtime.empty()) {
      return out + "; " + state_->world.recipes[runtime[0]].pn + " makes a package of that name";
    }
  }
  std::vector<std::string> known = all_names();
  if (side == Side::Runtime) {
    for (const auto& [text, recipes] : state_->index().runtime) known.emplace_back(text);
    std::sort(known.begin(), known.end());
  }
  return out + suggestion(name, known);
}

Result<std::vector<recipe::RecipeId>> Providers::universe() {
  if (state_->broken) return fail(*state_->broken);
  std::vector<std::string_view> names;
  for (const auto& [pn, versions] : state_->index().versions) names.push_back(pn);
  std::sort(names.begin(), names.end());
  Recipes out;
  for (auto pn : names) {
    auto choice = TRY(state_->eligible(pn, state_->index().versions.at(pn)));
    if (!choice.candidates.empty()) out.push_back(choice.candidates[0]);
  }
  return out;
}

std::vector<std::string> Providers::universe_targets(std::string_view task) const {
  std::set<std::string> out;
  for (const auto& recipe : state_->world.recipes) {
    bool counts = !recipe.skipped && multiconfig_of(recipe) == state_->multiconfig;
    if (counts && (task.empty() || recipe.task(task) != nullptr)) {
      for (const auto& name : recipe.provides) {
        if (state_->index().versions.contains(name)) out.insert(name);
      }
    }
  }
  return {out.begin(), out.end()};
}

const std::vector<std::string>& Providers::world_targets(std::string_view task) {
  if (!state_->world_targets.empty()) return state_->world_targets;
  std::set<std::string> out;
  for (const auto& recipe : state_->world.recipes) {
    if (multiconfig_of(recipe) != state_->multiconfig) continue;
    if (recipe.skipped || recipe.exclude_from_world || out.contains(recipe.pn)) continue;
    if (!task.empty() && recipe.task(task) == nullptr) continue;
    if (state_->stands_alone(recipe)) out.insert(recipe.pn);
  }
  state_->world_targets.assign(out.begin(), out.end());
  return state_->world_targets;
}

Result<std::vector<std::string>> Providers::depends(const recipe::Recipe& recipe) {
  if (recipe.extra_depends.empty() || !state_->calculate) return recipe.depends;
  std::vector<std::string> all;
  for (const auto& [pn, versions] : state_->index().versions) all.emplace_back(pn);
  std::sort(all.begin(), all.end());
  auto out = state_->calculate(recipe, world_targets(""), all);
  if (!out)
    return fail(std::move(
        out.error().while_doing("while running calculate_extra_depends of " + recipe.file)));
  return out;
}

Result<std::vector<std::pair<std::string, Versions>>> Providers::versions() const {
  std::vector<std::pair<std::string, Versions>> out;
  for (const auto& [pn, recipes] : state_->index().versions)
    out.emplace_back(pn, TRY(versions_of(state_->world, state_->variable, pn, recipes)));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

void Providers::assume(std::string name) {
  state_->assumed.insert(std::move(name));
}

void Providers::use(ExtraDepends calculate) {
  state_->calculate = std::move(calculate);
}

const std::vector<std::string>& Providers::notes() const {
  return state_->notes;
}

}  // namespace hitz::graph
