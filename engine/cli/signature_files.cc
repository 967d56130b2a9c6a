// SPDX-License-Identifier: Apache-2.0
// The signature files of a graph's tasks, written by several processes: each evaluates some of the
// recipes again, for the texts that hashes are of.

#include <map>
#include <set>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/signing.h"
#include "engine/recipe/worker_pool.h"
#include "engine/signature/base_hash.h"
#include "engine/signature/sigdata.h"

namespace hitz::cli {

namespace {

using graph::TaskId;

struct Wanted {
  std::vector<std::string> ignored_variables;
  std::string ignored_tasks;
  std::vector<std::pair<recipe::RecipeId, std::vector<TaskId>>> recipes;
};

Wanted wanted_files(const graph::TaskGraph& graph, const std::string& told) {
  auto parts = split(told, '\x1e');
  std::set<std::string> locked;
  for (auto& number : words(parts[0])) locked.insert(std::move(number));
  std::map<recipe::RecipeId, std::vector<TaskId>> tasks;
  for (std::uint32_t i = 0; i < graph.tasks.size(); ++i) {
    if (!locked.contains(std::to_string(i))) tasks[graph.tasks[TaskId{i}].recipe].push_back({i});
  }
  return {words(parts[1]), parts[2], {tasks.begin(), tasks.end()}};
}

}  // namespace

Result<void> write_signature_files(House& house, const graph::TaskGraph& graph,
                                   const signature::Signatures& signatures,
                                   const std::string& told) {
  if (told.empty()) return {};
  const recipe::World& world = *house.world;
  Wanted wanted = wanted_files(graph, told);
  auto write = [&](std::size_t at) -> Result<recipe::Evaluated> {
    const auto& [id, tasks] = wanted.recipes[at];
    const auto& recipe = world.recipes[id];
    auto store = TRY(recipe.store.get());
    signature::BaseHashes hashes(*store, house.scanner);
    for (TaskId task : tasks) {
      auto manifest = TRY(hashes.of(graph.tasks[task].task->name));
      if (manifest.hash.hex != signatures.manifests[task].hash.hex)
        event::log(*house.events, event::Level::Error,
                   "the base hash of " + graph::label(world, graph, task) + " was " +
                       signatures.manifests[task].hash.hex + " and is " + manifest.hash.hex +
                       ": its recipe gives another value each time it is read");
      auto data = signature::signature_data(manifest, &signatures.tasks[task],
                                            wanted.ignored_variables, wanted.ignored_tasks);
      TRY_VOID(signature::find_literals(data, *store));
      TRY(signature::write_signature(recipe.stamp, data));
    }
    recipe.store.let_go();
    return recipe::Evaluated{};
  };
  std::optional<Error> first;
  recipe::Pool pool;
  pool.processes = TRY(house.parse_processes());
  pool.hooks = house.fork_hooks();
  pool.work = [&](std::size_t at) { return recipe::Told{write(at), {}, {}}; };
  pool.done = [&](std::size_t at, const recipe::Told& done) {
    if (done.result || first) return;
    first = done.result.error();
    first->while_doing("while writing the signature files of " +
                       world.recipes[wanted.recipes[at].first].file);
  };
  TRY_VOID(recipe::work_off(wanted.recipes.size(), pool));
  if (first) return fail(std::move(*first));
  return {};
}

}  // namespace hitz::cli
