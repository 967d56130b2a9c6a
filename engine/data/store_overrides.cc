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

Overridden& Store::writable_overridden() {
  auto& shared = state_->overridden;
  if (shared.use_count() > 1) shared = std::make_shared<Overridden>(*shared);
  return *shared;
}

void Store::note_override(NameId name) {
  State& s = *state_;
  each_variant(s.text(name), [&](std::string_view shorter, std::string_view part) {
    NameId base = s.id(shorter);
    Override variant{name, s.id(part)};
    std::vector<Override> variants;
    if (const auto* known = s.variants(base)) {
      if (std::find(known->begin(), known->end(), variant) != known->end()) return;
      variants = *known;
    }
    variants.push_back(variant);
    writable_overridden()[base] =
        std::make_shared<const std::vector<Override>>(std::move(variants));
  });
}

void Store::forget_override_list(NameId name) {
  if (state_->variants(name) != nullptr) writable_overridden()[name].reset();
}

void Store::forget_override(NameId name) {
  State& s = *state_;
  each_variant(s.text(name), [&](std::string_view shorter, std::string_view part) {
    NameId base = s.id(shorter);
    const auto* known = s.variants(base);
    if (known == nullptr) return;
    std::vector<Override> variants = *known;
    std::erase(variants, Override{name, s.id(part)});
    writable_overridden()[base] =
        std::make_shared<const std::vector<Override>>(std::move(variants));
  });
}

bool Store::is_active(NameId key) const {
  State& s = *state_;
  if (s.override_set.contains(key)) return true;
  if (!s.family.names->facts(key).has_colon) return false;
  for (const auto& part : split(s.text(key), ':')) {
    if (!s.override_set.contains(s.id(part))) return false;
  }
  return true;
}

Result<void> Store::drop_overrides(NameId name) {
  const auto* variants = state_->variants(name);
  if (variants == nullptr) return {};
  TRY_VOID(need_overrides());
  std::vector<NameId> active;
  if ((variants = state_->variants(name)) != nullptr) {
    for (const auto& variant : *variants) {
      if (is_active(variant.key)) active.push_back(variant.full);
    }
  }
  for (NameId full : active) erase(std::string(state_->text(full)));
  forget_override_list(name);
  return {};
}

// What the value refers to, and what those refer to in turn, decides which overrides are active.
Result<void> Store::overrides_changed(std::string_view name, const Value& value) {
  State& s = *state_;
  if (s.override_sources.use_count() > 1)
    s.override_sources = std::make_shared<NameSet>(*s.override_sources);
  std::vector<NameId> open;
  auto add = [&](NameId met) {
    if (s.override_sources->insert(met)) open.push_back(met);
  };
  auto collect = [&](const Parse& traced) {
    for (NameId reference : traced.references) add(reference);
    for (const CodeRefs* refs : traced.code) {
      for (const auto& reference : refs->references) add(s.id(reference));
      for (const auto& [variable, items] : refs->contains) add(s.id(variable));
    }
  };
  if (const std::string* text = text_of(value)) collect(*TRY(trace_text(*text, name)));
  while (!open.empty()) {
    const std::string variable = s.text(open.back());
    open.pop_back();
    Value inner = TRY(get(variable));
    if (const std::string* text = text_of(inner)) collect(*TRY(trace_text(*text, variable)));
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
    // Python that OVERRIDES runs may have written to what decides them.
    if (s.overrides && second == *s.overrides) return {};
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
  state_->override_set.clear();
  for (const auto& name : names) state_->override_set.insert(state_->id(name));
  state_->overrides = std::move(names);
}

Result<std::vector<std::string>> Store::overrides() {
  TRY_VOID(need_overrides());
  return state_->overrides.value_or(std::vector<std::string>());
}

namespace {

using Candidates = std::vector<std::pair<std::string, NameId>>;  // key -> full name

void put(Candidates& candidates, const std::string& key, NameId full) {
  for (auto& entry : candidates) {
    if (entry.first == key) {
      entry.second = full;
      return;
    }
  }
  candidates.emplace_back(key, full);
}

// Candidates are reduced from the right by each override in turn, lowest priority first, until
// nothing changes; the last complete match counts.
NameId last_match(Candidates active, const std::vector<std::string>& overrides) {
  NameId match;
  for (bool changed = !active.empty(); changed;) {
    changed = false;
    for (const auto& o : overrides) {
      const std::string suffix = ":" + o;
      for (const auto& [key, full] : Candidates(active)) {
        if (key.ends_with(suffix)) {
          std::erase_if(active, [&](const auto& entry) { return entry.first == key; });
          put(active, replace_all(key, suffix, ""), full);
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

}  // namespace

// The full name of the variant that wins; invalid for none.
Result<NameId> Store::winning_override(NameId name) {
  State& s = *state_;
  if (s.variants(name) == nullptr) return NameId();
  TRY_VOID(need_overrides());
  const auto* variants = s.variants(name);
  if (variants == nullptr) return NameId();
  Candidates active;
  for (const auto& variant : *variants) {
    if (is_active(variant.key)) put(active, s.text(variant.key), variant.full);
  }
  if (active.empty()) return NameId();
  if (active.size() == 1 && active[0].first.find(':') == std::string::npos) return active[0].second;
  return last_match(std::move(active), *s.overrides);
}

Result<bool> Store::stands_alone(NameId name) {
  State& s = *state_;
  if (!s.filters.empty() && s.filters.contains(s.text(s.family.names->facts(name).base)))
    return false;
  return !TRY(winning_override(name)).valid();
}

}  // namespace hitz::data
