// SPDX-License-Identifier: Apache-2.0
// What is restored and what that covers. A world of tests/support/toy_world.h, and besides
//
//   VALID = "zlib:do_package …"     results that can be fetched; "*" for all
//   STAMPED = "…"                   results that are there
//   FORCED = "…"                    tasks that have to run
//   NOT_NEEDED = "…"                results that those above can do without
//
// The command is the targets; --skip restores nothing. The answer is what became of every variant,
// and then the tasks that run.

#include "engine/schedule/setscene.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/graph/plan.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/toy_world.h"

using namespace hitz;
using namespace hitz::schedule;

namespace {

const char* shown(Scene scene) {
  switch (scene) {
    case Scene::Restored: return "restored";
    case Scene::Present: return "present";
    case Scene::NotNeeded: return "not needed";
    case Scene::Unavailable: return "unavailable";
    default: return "undecided";
  }
}

std::string answer(const std::string& world, const std::string& command) {
  auto toy = testing::toy_world(world);
  auto providers = toy->providers();
  std::vector<graph::Target> targets;
  SceneOptions options;
  for (const auto& word : words(command)) {
    if (word == "--skip")
      options.restore = false;
    else
      targets.push_back(graph::parse_target(word));
  }
  auto graph = need(graph::plan(toy->world, providers, targets));
  auto is = [&](const char* setting, TaskId id) {
    auto found = toy->config.find(setting);
    if (found == toy->config.end()) return false;
    auto list = words(found->second);
    return std::count(list.begin(), list.end(), graph::label(toy->world, graph, id)) != 0 ||
           std::count(list.begin(), list.end(), "*") != 0;
  };
  std::vector<std::string> lines;
  SceneWorld outside;
  outside.present = [&](TaskId id) { return is("STAMPED", id); };
  outside.forced = [&](TaskId id) { return is("FORCED", id); };
  outside.available = [&](const std::vector<TaskId>& tasks,
                          std::size_t stamped) -> Result<std::vector<TaskId>> {
    if (stamped > 0) lines.push_back("stamped: " + std::to_string(stamped));
    std::vector<TaskId> out;
    for (TaskId id : tasks) {
      if (is("VALID", id)) out.push_back(id);
    }
    return out;
  };
  outside.not_needed = [&](TaskId id, const std::set<TaskId>&,
                           const std::set<TaskId>&) -> Result<bool> {
    return is("NOT_NEEDED", id);
  };
  auto scenes = need(decide_scenes(graph, outside, options));
  std::vector<std::string> runs;
  for (TaskId id : graph.order) {
    std::string name = graph::label(toy->world, graph, id);
    if (scenes.fates[id] != Scene::None) lines.push_back(name + " " + shown(scenes.fates[id]));
    if (!scenes.covered[id]) runs.push_back("run " + name);
  }
  std::sort(lines.begin(), lines.end());
  std::sort(runs.begin(), runs.end());
  lines.insert(lines.end(), runs.begin(), runs.end());
  return join(lines, "\n") + "\n";
}

}  // namespace

TEST_CASE("schedule: restored results cover what the corpus says", "[schedule]") {
  testing::check_corpus("schedule/setscene.txt", answer);
}
