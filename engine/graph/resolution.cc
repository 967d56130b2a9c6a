// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/resolution.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/text.h"

namespace hitz::graph {

namespace {

/// Words that a recipe names more than once count once.
void add_once(std::vector<NameId>& names, NameId id) {
  if (std::find(names.begin(), names.end(), id) == names.end()) names.push_back(id);
}

std::string quote_flag(const recipe::Recipe& recipe, const recipe::Task& task,
                       std::string_view flag, const std::string& entry, std::string_view form) {
  return recipe.pn + " " + task.name + "[" + std::string(flag) + "]: '" + entry + "' is not " +
         std::string(form);
}

/// An entry of mcdepends, "mc:from:to:recipe:task"; views into it.
struct Entry {
  std::string_view from, to, name, task;
};

Result<Entry> split_multiconfig(const recipe::Recipe& recipe, const recipe::Task& task,
                                const std::string& entry) {
  std::vector<std::string_view> parts;
  std::string_view rest = entry;
  for (;;) {
    std::size_t colon = rest.find(':');
    parts.push_back(rest.substr(0, colon));
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (parts.size() != 5) {
    return input_error(quote_flag(recipe, task, "mcdepends", entry, "mc:from:to:recipe:do_task"));
  }
  return Entry{parts[1], parts[2], parts[3], parts[4]};
}

}  // namespace

Resolution::Resolution(std::vector<Providers*> realms, Missing missing)
    : realms_(std::move(realms)),
      missing_(missing),
      ids_(realms_.size() * 2),
      multiconfig_needs_(realms_.size()),
      needs_(world().recipes.size()),
      serves_(world().recipes.size()) {}

std::optional<std::uint32_t> Resolution::realm(std::string_view multiconfig) const {
  for (std::uint32_t place = 0; place < realms_.size(); ++place) {
    if (realms_[place]->multiconfig() == multiconfig) return place;
  }
  return std::nullopt;
}

const std::vector<MulticonfigNeed>& Resolution::multiconfig_needs(recipe::RecipeId id) const {
  return multiconfig_needs_[realm(multiconfig_of(world().recipes[id])).value_or(0)];
}

NameId Resolution::want(std::string_view name, Side side, std::uint32_t realm) {
  auto [at, fresh] = ids_[realm * 2 + static_cast<std::uint32_t>(side)].try_emplace(name);
  if (fresh) {
    Name made;
    made.text = name;
    made.side = side;
    made.realm = realm;
    at->second = names_.push(std::move(made));
    unresolved_.push_back(at->second);
  }
  return at->second;
}

NameId Resolution::demand(std::string_view name, std::uint32_t realm) {
  NameId out = want(name, Side::Build, realm);
  names_[out].demanded = true;
  return out;
}

Result<void> Resolution::run() {
  while (!unresolved_.empty() || !unseen_.empty()) {
    for (std::size_t i = 0; i < unresolved_.size(); ++i) TRY_VOID(resolve(unresolved_[i]));
    unresolved_.clear();
    auto unseen = std::exchange(unseen_, {});
    for (auto id : unseen) TRY_VOID(visit(id));
  }
  return {};
}

Result<void> Resolution::resolve(NameId id) {
  auto text = names_[id].text;
  Providers& providers = *realms_[names_[id].realm];
  if (providers.assumed(text)) {
    names_[id].assumed = true;
    return {};
  }
  auto choice = TRY(providers.choose(text, names_[id].side));
  names_[id].candidates = std::move(choice.candidates);
  names_[id].why = std::move(choice.why);
  const auto& candidates = names_[id].candidates;
  auto& taken = names_[id].taken;
  while (taken < candidates.size() && needs_[candidates[taken].value].broken_by) ++taken;
  if (taken < candidates.size()) {
    serves_[candidates[taken].value].push_back(id);
    unseen_.push_back(candidates[taken]);
  } else if (missing_ == Missing::LeftOut && names_[id].side == Side::Build &&
             !names_[id].demanded) {
    names_[id].left_out = true;
  } else {
    fail_name(id);
  }
  return {};
}

void Resolution::use(recipe::RecipeId user, NameId name) {
  auto& users = names_[name].users;
  if (users.empty() || users.back() != user) users.push_back(user);
  if (names_[name].failed) fail_recipe(user, name);
}

Result<void> Resolution::visit(recipe::RecipeId id) {
  auto& needs = needs_[id.value];
  if (needs.seen) return {};
  needs.seen = true;
  const auto& recipe = world().recipes[id];
  std::uint32_t own = realm(multiconfig_of(recipe)).value_or(0);
  auto want_all = [&](const std::vector<std::string>& list, Side side, std::vector<NameId>& out) {
    for (const auto& name : list) add_once(out, want(name, side, own));
  };
  TRY_VOID(read_task_needs(id));
  if (recipe.extra_depends.empty()) {
    want_all(recipe.depends, Side::Build, needs.builds);
  } else {
    extended_.push_back(TRY(realms_[own]->depends(recipe)));
    want_all(extended_.back(), Side::Build, needs.builds);
  }
  want_all(recipe.rdepends, Side::Runtime, needs.runs);
  want_all(recipe.rrecommends, Side::Runtime, needs.runs);
  for (const auto& [name, package] : recipe.packages) {
    want_all(package.rdepends, Side::Runtime, needs.runs);
    want_all(package.rrecommends, Side::Runtime, needs.runs);
  }
  for (auto name : needs.builds) use(id, name);
  for (auto name : needs.runs) use(id, name);
  for (const auto& need : needs.of_tasks) use(id, need.name);
  return {};
}

Result<void> Resolution::read_task_needs(recipe::RecipeId id) {
  const auto& recipe = world().recipes[id];
  std::uint32_t own = realm(multiconfig_of(recipe)).value_or(0);
  for (std::uint32_t at = 0; at < recipe.tasks.size(); ++at) {
    const auto& task = recipe.tasks[at];
    auto need = [&](std::string_view name, Side side, std::string_view needed) {
      needs_[id.value].of_tasks.push_back({at, want(name, side, own), needed});
    };
    auto read = [&](const std::vector<std::string>& entries, std::string_view flag,
                    Side side) -> Result<void> {
      for (const auto& entry : entries) {
        std::size_t colon = entry.find(':');
        if (colon == std::string::npos || entry.find(':', colon + 1) != std::string::npos) {
          return input_error(quote_flag(recipe, task, flag, entry, "recipe:do_task"));
        }
        need(std::string_view(entry).substr(0, colon), side,
             std::string_view(entry).substr(colon + 1));
      }
      return {};
    };
    TRY_VOID(read(task.depends, "depends", Side::Build));
    TRY_VOID(read(task.rdepends, "rdepends", Side::Runtime));
    TRY_VOID(read_multiconfig_needs(id, at));
  }
  return {};
}

Result<void> Resolution::read_multiconfig_needs(recipe::RecipeId id, std::uint32_t at) {
  const auto& recipe = world().recipes[id];
  const auto& task = recipe.tasks[at];
  for (const auto& entry : task.mcdepends) {
    auto parts = TRY(split_multiconfig(recipe, task, entry));
    if (parts.from != multiconfig_of(recipe)) continue;
    auto other = realm(parts.to);
    if (!other)
      return input_error(recipe.pn + " " + task.name + "[mcdepends]: the multiconfig '" +
                         std::string(parts.to) + "' is not in BBMULTICONFIG");
    auto& needs = multiconfig_needs_[*realm(parts.from)];
    MulticonfigNeed need{want(parts.name, Side::Build, *other), parts.task};
    if (std::find(needs.begin(), needs.end(), need) == needs.end()) needs.push_back(need);
    use(id, need.name);
  }
  return {};
}

void Resolution::fail_name(NameId id) {
  names_[id].failed = true;
  auto users = names_[id].users;
  for (auto user : users) fail_recipe(user, id);
}

void Resolution::fail_recipe(recipe::RecipeId id, NameId because) {
  if (needs_[id.value].broken_by) return;
  needs_[id.value].broken_by = because;
  for (auto served : std::exchange(serves_[id.value], {})) {
    auto& name = names_[served];
    while (name.taken < name.candidates.size() &&
           needs_[name.candidates[name.taken].value].broken_by) {
      ++name.taken;
    }
    if (name.taken == name.candidates.size()) {
      fail_name(served);
    } else {
      serves_[name.candidates[name.taken].value].push_back(served);
      unseen_.push_back(name.candidates[name.taken]);
    }
  }
}

std::optional<recipe::RecipeId> Resolution::server(NameId name) const {
  const auto& record = names_[name];
  if (record.taken >= record.candidates.size()) return std::nullopt;
  return record.candidates[record.taken];
}

std::vector<recipe::RecipeId> Resolution::recipes() const {
  std::vector<recipe::RecipeId> out;
  for (std::uint32_t i = 0; i < needs_.size(); ++i) {
    if (needs_[i].seen && !needs_[i].broken_by) out.push_back({i});
  }
  return out;
}

std::vector<std::string> Resolution::users_of(const Name& name) const {
  std::set<std::string> pns;
  for (auto user : name.users) pns.insert(world().recipes[user].pn);
  return {pns.begin(), pns.end()};
}

/// The names that failed because of one another, from id down to one that never had a provider.
std::vector<NameId> Resolution::chain_below(NameId id) const {
  std::vector<NameId> chain{id};
  while (!names_[chain.back()].candidates.empty()) {
    auto next = needs_[names_[chain.back()].candidates[0].value].broken_by;
    if (!next || std::find(chain.begin(), chain.end(), *next) != chain.end()) break;
    chain.push_back(*next);
  }
  return chain;
}

Error Resolution::why_failed(const std::vector<NameId>& wanted) const {
  std::vector<NameId> reported;
  std::vector<std::string> messages;
  std::vector<std::string> trail;
  for (auto id : wanted) {
    auto chain = chain_below(id);
    if (std::find(reported.begin(), reported.end(), chain.back()) != reported.end()) continue;
    reported.push_back(chain.back());
    const auto& root = names_[chain.back()];
    messages.push_back(
        realms_[root.realm]->absence(root.text, root.side, root.why, users_of(root)));
    std::vector<std::string> way;
    for (auto step : chain) {
      bool is_root = step == chain.back();
      std::string text(names_[step].text);
      if (!is_root) {
        const auto& pn = world().recipes[names_[step].candidates[0]].pn;
        if (pn != text) text += " (" + pn + ")";
      }
      way.push_back(std::move(text));
    }
    if (way.size() > 1) trail.push_back("needed by " + join(way, " -> "));
  }
  return Error{Blame::Input, join(messages, "\n"), trail, Kind::Plain};
}

std::vector<std::string> Resolution::left_out() const {
  std::vector<std::string> out;
  for (const auto& name : names_) {
    if (name.left_out)
      out.push_back(realms_[name.realm]->absence(name.text, name.side, name.why, users_of(name)));
  }
  return out;
}

}  // namespace hitz::graph
