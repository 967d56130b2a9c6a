// SPDX-License-Identifier: Apache-2.0
// Layers: what stores share of their records, finding a record, and a record to write to.

#include "engine/data/store.h"
#include "engine/data/variable.h"

namespace hitz::data {

namespace {

// A frozen layer takes in the one below unless that is this much larger: the chain stays short, and
// the great layer of the configuration is not copied for every recipe.
constexpr std::size_t kMuchLarger = 4;

}  // namespace

void Store::State::freeze() {
  if (top.empty()) return;
  auto layer = std::make_shared<Layer>();
  layer->variables = std::move(top);
  top = {};
  layer->below = below;
  while (layer->below && layer->below.get() != watched &&
         layer->below->variables.size() <= kMuchLarger * layer->variables.size()) {
    for (const auto& [name, variable] : layer->below->variables)
      layer->variables.try_emplace(name, variable);
    layer->below = layer->below->below;
  }
  below = std::move(layer);
}

void Store::settle() {
  state_->freeze();
  for (const Layer* layer = state_->below.get(); layer != nullptr; layer = layer->below.get())
    layer->settled = true;
}

std::shared_ptr<Store> Store::copy() {
  state_->freeze();
  auto state = std::make_unique<State>(state_->family);
  state->below = state_->below;
  state->watched = state_->watched;
  state->reads = state_->reads;
  state->overridden = state_->overridden;
  state->override_sources = state_->override_sources;
  state->templates = state_->templates;
  state->filters = state_->filters;
  state->renamed = state_->renamed;
  state->tracking = state_->tracking;
  state->history = state_->history;
  return std::shared_ptr<Store>(new Store(std::move(state)));
}

std::shared_ptr<Store> Store::watched_copy(std::shared_ptr<Reads> reads) {
  auto out = copy();
  out->state_->watched = out->state_->below.get();
  out->state_->reads = std::move(reads);
  return out;
}

void Store::State::note(NameId name) const {
  if (reads) reads->names.insert(name);
}

const std::shared_ptr<Variable>* Store::State::look_up(NameId name) const {
  if (const auto* found = top.find(name)) return found;
  for (const Layer* layer = below.get(); layer != nullptr; layer = layer->below.get()) {
    if (layer == watched) note(name);
    if (const auto* found = layer->variables.find(name)) return found;
  }
  return nullptr;
}

const Variable* Store::State::find(NameId name) const {
  const auto* found = look_up(name);
  return found != nullptr ? found->get() : nullptr;
}

std::shared_ptr<const Variable> Store::State::find_shared(NameId name) const {
  if (const auto* found = top.find(name)) return *found;
  for (const auto* layer = &below; *layer; layer = &(*layer)->below) {
    if (layer->get() == watched) note(name);
    if (const auto* found = (*layer)->variables.find(name)) return {*layer, found->get()};
  }
  return nullptr;
}

std::optional<std::shared_ptr<const Variable>> Store::State::common(NameId name) const {
  if (const auto* found = top.find(name)) {
    if (!(*found)->common) return std::nullopt;
    return *found;
  }
  for (const auto* layer = &below; *layer; layer = &(*layer)->below) {
    if (layer->get() == watched) note(name);
    const auto* found = (*layer)->variables.find(name);
    if (found == nullptr) continue;
    if ((*layer)->settled) return std::shared_ptr<const Variable>(*layer, found->get());
    if (!(*found)->common) return std::nullopt;
    return *found;
  }
  return nullptr;
}

const std::vector<Override>* Store::State::variants(NameId name) const {
  note(name);
  const auto* found = overridden->find(name);
  return found != nullptr && *found && !(*found)->empty() ? found->get() : nullptr;
}

Variable& Store::State::put(NameId name, std::shared_ptr<Variable> variable) {
  if (family.names->facts(name).has_key && !templates->contains(text(name))) {
    if (templates.use_count() > 1)
      templates = std::make_shared<std::set<std::string, std::less<>>>(*templates);
    templates->emplace(text(name));
  }
  auto& slot = top[name];
  slot = std::move(variable);
  return *slot;
}

Variable& Store::State::writable(NameId name) {
  if (auto* found = top.find(name)) {
    if (found->use_count() > 1) *found = std::make_shared<Variable>(**found);
    (*found)->noted.reset();
    (*found)->common = false;
    return **found;
  }
  const Variable* old = find(name);
  auto fresh = old != nullptr ? std::make_shared<Variable>(*old) : std::make_shared<Variable>();
  fresh->noted.reset();
  return put(name, std::move(fresh));
}

Variable& Store::State::rewritten(NameId name) {
  const Variable* old = find(name);
  const auto* found = top.find(name);
  if (old == nullptr || (found != nullptr && found->use_count() == 1)) return writable(name);
  return put(name, Variable::without_content(*old));
}

}  // namespace hitz::data
