// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/dry_run.h"

#include "engine/cli/queue_facts.h"

namespace hitz::cli {

namespace {

void note(const House& house, const std::string& text) {
  event::log(*house.events, event::Level::Note, text);
}

void tell_setscenes(const House& house, const QueueFacts& facts, const schedule::Scenes& scenes) {
  std::size_t total = scenes.fates.size() - scenes.count(schedule::Scene::None);
  std::size_t number = total - scenes.restored.size();
  for (TaskId id : scenes.restored)
    note(house, "Running setscene task " + std::to_string(++number) + " of " +
                    std::to_string(total) + " (" + facts.name(id) + "_setscene)");
}

Result<void> tell_tasks(const House& house, QueueFacts& facts, const schedule::Scenes& scenes) {
  int spared = 0, number = 0;
  std::string total = std::to_string(facts.graph().tasks.size());
  for (TaskId id : facts.graph().order) {
    ++number;
    if (facts.spared(id, scenes)) {
      ++spared;
      continue;
    }
    TRY_VOID(facts.check_allowed(id, scenes));
    note(house, std::string("Running ") + (facts.task(id).noexec ? "noexec task " : "task ") +
                    std::to_string(number) + " of " + total + " (" + facts.name(id) + ")");
  }
  note(house, "Tasks Summary: Attempted " + std::to_string(number) + " tasks of which " +
                  std::to_string(spared) + " didn't need to be rerun and all succeeded.");
  return {};
}

}  // namespace

Result<int> dry_run(House& house, const BuildOptions& options, graph::TaskGraph graph) {
  // BitBake leaves the taints of -f and -C though nothing runs.
  using Taints = QueueFacts::Taints;
  auto facts = TRY(QueueFacts::of(house, options, std::move(graph),
                                  options.taints ? Taints::Write : Taints::Imagine));
  auto scenes = TRY(facts->decide(nullptr));
  note(house, "Executing Tasks");
  tell_setscenes(house, *facts, scenes);
  if (options.setscene != Setscene::Only) TRY_VOID(tell_tasks(house, *facts, scenes));
  return 0;
}

}  // namespace hitz::cli
