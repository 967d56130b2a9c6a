// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/recipe/collect.h"

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

const Task* Recipe::task(std::string_view wanted) const {
  auto found = std::find_if(tasks.begin(), tasks.end(),
                            [&](const Task& known) { return known.name == wanted; });
  return found != tasks.end() ? &*found : nullptr;
}

Result<World> read_world(const layer::Configuration& configuration, eval::Evaluator& evaluator,
                         event::EventSink& events) {
  World world;
  world.config = configuration.store;
  Files files = TRY(collect_files(configuration));
  for (const auto& text : files.warnings) event::log(events, event::Level::Warning, text);
  event::ParseFinished summary;
  summary.masked = static_cast<int>(files.masked.size());
  std::vector<Error> errors;
  int done = 0;
  for (const auto& file : files.recipes) {
    events.send(event::ParseProgress{done++, static_cast<int>(files.recipes.size())});
    auto recipes = evaluate(file, *configuration.store, evaluator);
    if (!recipes) {
      errors.push_back(std::move(recipes.error()));
      continue;
    }
    ++summary.parsed;
    for (auto& recipe : *recipes) {
      if (recipe.skipped) ++summary.skipped;
      if (recipe.skipped && recipe.variant.empty()) world.skipped_files.push_back(file.path);
      ++summary.variants;
      recipe.id = RecipeId{static_cast<std::uint32_t>(world.recipes.size())};
      world.recipes.push(std::move(recipe));
    }
  }
  summary.errors = static_cast<int>(errors.size());
  events.send(summary);
  if (errors.empty()) return world;
  for (std::size_t i = 0; i + 1 < errors.size(); ++i) {
    event::log(events, event::Level::Error, errors[i].text());
  }
  return fail(std::move(errors.back()));
}

}  // namespace hitz::recipe
