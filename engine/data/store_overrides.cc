// SPDX-License-Identifier: Apache-2.0
// Overrides: which variants of a variable there are, which are active, and which value wins.

#include <algorithm>

#include "engine/base/text.h"
#include "engine/data/store.h"
#include "engine/data/variable.h"

namespace hitz::data {

namespace {

// Calls each(shortvar, override) for A:b:c: (A:b, c), then (A, b:c), while the part is an override.
template <class Each>
void each_variant(std::string_view name, Each each) {
  std::size_t colon = name.rfind(':');
  while (colon != std::string_view::npos) {
    std::string_view shorter = name.substr(0, colon);
    std::string_view override_part = name.substr(colon + 1);
    if (!is_override(override_part)) return;
    each(shorter, override_part);
    colon = shorter.rfind(':');
    if (colon == 0) return;
  }
}

}  // namespace

std::map<std::string, std::vector<Override>, std::less<>>& Store::writable_overridden() {
  auto& shared = state_->overridden;
  if (shared.use_count() > 1)
    shared = std::make_shared<std::map<std::string, std::vector<Override>, std::less<>>>(*shared);
  return *shared;
}

void Store::note_override(std::string_view name) {
  each_variant(name, [&](std::string_view shorter, std::string_view part) {
    state_->note(shorter);
    Override variant{std::string(name), std::string(part)};
    if (auto found = state_->overridden->find(shorter); found != state_->overridden->end()) {
      if (std::find(found->second.begin(), found->second.end(), variant) != found->second.end())
        return;
    }
    writable_overridden()[std::string(shorter)].push_back(std::move(variant));
  });
}

void Store::forget_override_list(std::string_view name) {
  state_->note(name);
  if (state_->overridden->contains(name)) writable_overridden().erase(std::string(name));
}

void Store::forget_override(std::string_view name) {
  each_variant(name, [&](std::string_view shorter, std::string_view part) {
    state_->note(shorter);
    if (!state_->overridden->contains(shorter)) return;
    std::erase(writable_overridden()[std::string(shorter)],
               Override{std::string(name), std::string(part)});
  });
}

bool Store::is_active(std::string_view key) const {
  const auto& active = state_->override_set;
  if (active.contains(key)) return true;
  if (key.find(':') == std::string_view::npos) return false;
  for (const auto& part : split(key, ':')) {
    if (!active.contains(part)) return false;
  }
  return true;
}

Result<void> Store::drop_overrides(std::string_view name) {
  state_->note(name);
  auto found = state_->overridden->find(name);
  if (found == state_->overridden->end()) return {};
  TRY_VOID(need_overrides());
  std::vector<std::string> active;
  for (const auto& variant : found->second) {
    if (is_active(variant.key)) active.push_back(variant.full);
  }
  for (const auto& full : active) erase(full);
  forget_override_list(name);
  return {};
}

Result<void> Store::overrides_changed(std::string_view name, const Value& value) {
  State& s = *state_;
  if (s.override_sources.use_count() > 1)
    s.override_sources = std::make_shared<std::set<std::string, std::less<>>>(*s.override_sources);
  const std::string* text = text_of(value);
  std::set<std::string> fresh;
  auto collect = [&](const CodeRefs& refs) {
    fresh.insert(refs.references.begin(), refs.references.end());
    for (const auto& [variable, items] : refs.contains) fresh.insert(variable);
  };
  if (text != nullptr) collect(TRY(trace_text(*text, name)).refs);
  while (!std::includes(s.override_sources->begin(), s.override_sources->end(), fresh.begin(),
                        fresh.end())) {
    s.override_sources->insert(fresh.begin(), fresh.end());
    std::set<std::string> next = std::move(fresh);
    fresh.clear();
    for (const auto& variable : next) {
      Value inner = TRY(get(variable));
      if (const std::string* inner_text = text_of(inner))
        collect(TRY(trace_text(*inner_text, variable)).refs);
    }
  }
  s.overrides.reset();
  s.forget_expansions();
  return {};
}

Result<void> Store::need_overrides() {
  State& s = *state_;
  if (s.overrides || s.in_override) return {};
  std::vector<std::string> tried;
  for (int round = 0; round < 5; ++round) {
    s.in_override = true;
    s.overrides = std::vector<std::string>();
    s.override_set.clear();
    auto first = text("OVERRIDES");
    s.in_override = false;
    if (!first) {
      s.overrides.reset();
      return fail(std::move(first.error()));
    }
    set_overrides(split(*first, ':'));
    s.forget_expansions();
    auto second = split(TRY(text("OVERRIDES")), ':');
    if (second == *s.overrides) return {};
    tried.push_back(*first);
    set_overrides(std::move(second));
  }
  return kind_error(Kind::Handled,
                    "Overrides could not be expanded into a stable state after 5 iterations; "
                    "overrides must not depend on "
                    "variables that overrides change. The values met: " +
                        join(tried, " | "));
}

void Store::set_overrides(std::vector<std::string> names) {
  state_->override_set = std::set<std::string, std::less<>>(names.begin(), names.end());
  state_->overrides = std::move(names);
}

Result<std::vector<std::string>> Store::overrides() {
  TRY_VOID(need_overrides());
  return state_->overrides.value_or(std::vector<std::string>());
}

// The full name of the variant that wins, or nothing. Candidates are reduced from the right by each
// override in turn, lowest priority first, until nothing changes; the last complete match counts.
Result<std::optional<std::string>> Store::winning_override(std::string_view name) {
  state_->note(name);
  auto found = state_->overridden->find(name);
  if (found == state_->overridden->end() || found->second.empty()) return std::nullopt;
  TRY_VOID(need_overrides());
  std::vector<std::pair<std::string, std::string>>
      active;  // key -> full name, in order of insertion
  auto put = [&](const std::string& key, const std::string& full) {
    for (auto& entry : active) {
      if (entry.first == key) {
        entry.second = full;
        return;
      }
    }
    active.emplace_back(key, full);
  };
  for (const auto& variant : found->second) {
    if (is_active(variant.key)) put(variant.key, variant.full);
  }
  std::optional<std::string> match;
  for (bool changed = !active.empty(); changed;) {
    changed = false;
    for (const auto& o : *state_->overrides) {
      const std::string suffix = ":" + o;
      for (const auto& [key, full] : std::vector(active)) {
        if (key.ends_with(suffix)) {
          std::erase_if(active, [&](const auto& entry) { return entry.first == key; });
          put(replace_all(key, suffix, ""), full);
          changed = true;
        } else if (key == o) {
          match = full;
          std::erase_if(active, [&](const auto& entry) { return entry.first == key; });
        }
      }
    }
  }
  return match;
}

}  // namespace hitz::data
