// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/recipe.h"

#include <algorithm>

namespace hitz::recipe {

FinishedStore::FinishedStore(std::shared_ptr<data::Store> store)
    : state_(std::make_shared<State>(State{nullptr, std::move(store)})) {}

FinishedStore::FinishedStore(Make make)
    : state_(std::make_shared<State>(State{std::move(make), nullptr})) {}

Result<std::shared_ptr<data::Store>> FinishedStore::get() const {
  if (!state_) return internal_error("a skipped recipe has no datastore");
  if (!state_->store) state_->store = TRY(state_->make());
  return state_->store;
}

void FinishedStore::let_go() const {
  if (state_ && state_->make) state_->store.reset();
}

const Task* Recipe::task(std::string_view wanted) const {
  auto found = std::find_if(tasks.begin(), tasks.end(),
                            [&](const Task& known) { return known.name == wanted; });
  return found != tasks.end() ? &*found : nullptr;
}

}  // namespace hitz::recipe
