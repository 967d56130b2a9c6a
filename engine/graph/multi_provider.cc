// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/multi_provider.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/text.h"

namespace hitz::graph {

namespace {

constexpr std::size_t kUsersShown = 5;

/// "busybox is needed by core-image do_rootfs, …": who outside of a recipe waits for it.
std::string users_of(const recipe::World& world, const TaskGraph& graph, recipe::RecipeId id) {
  std::set<std::string> users;
  for (const auto& node : graph.tasks) {
    if (node.recipe != id) continue;
    for (auto user : node.needed_by) {
      const auto& other = graph.tasks[user];
      if (other.recipe != id) users.insert(world.recipes[other.recipe].pn + " " + other.task->name);
    }
  }
  const auto& recipe = world.recipes[id];
  std::string out = recipe.pn + " " + recipe.pv;
  if (users.empty()) return out + " is a target";
  std::vector<std::string> shown(users.begin(), users.end());
  if (shown.size() > kUsersShown) {
    std::string more = "and " + std::to_string(shown.size() - kUsersShown) + " more";
    shown.resize(kUsersShown);
    shown.push_back(more);
  }
  return out + " is needed by " + join(shown, ", ");
}

}  // namespace

Result<void> check_multi_provider(const Providers& providers, const TaskGraph& graph) {
  const auto& world = providers.world();
  auto listed = TRY(providers.variable("BB_MULTI_PROVIDER_ALLOWED"));
  auto allowed = words(listed.value_or(""));
  std::set<recipe::RecipeId> built;
  for (const auto& node : graph.tasks) {
    if (multiconfig_of(world.recipes[node.recipe]) == providers.multiconfig())
      built.insert(node.recipe);
  }
  std::map<std::string_view, recipe::RecipeId> provided;
  for (auto id : built) {
    const auto& recipe = world.recipes[id];
    for (const auto& name : recipe.provides) {
      auto [at, fresh] = provided.emplace(name, id);
      if (fresh || at->second == id) continue;
      if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) continue;
      const auto& other = world.recipes[at->second];
      std::string message =
          recipe.pn == other.pn
              ? "two versions of " + recipe.pn + " would be built, " + other.pv + " and " +
                    recipe.pv + "; choose one with PREFERRED_VERSION_" + recipe.pn
              : other.pn + " and " + recipe.pn + " would both be built, and both provide " + name +
                    "; choose one with PREFERRED_PROVIDER_" + name;
      return fail(Error{Blame::Input,
                        std::move(message),
                        {users_of(world, graph, other.id), users_of(world, graph, id)},
                        Kind::Plain});
    }
  }
  return {};
}

}  // namespace hitz::graph
