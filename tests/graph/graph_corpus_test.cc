// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/base/text.h"
#include "engine/graph/plan.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/toy_world.h"

using namespace hitz;
using namespace hitz::graph;

namespace {

std::string label(const recipe::World& world, const TaskNode& node) {
  return world.recipes[node.recipe].pn + " " + node.task->name;
}

/// Every task with what it waits for, in alphabetical order.
std::string listing(const recipe::World& world, const TaskGraph& graph) {
  std::vector<std::string> lines;
  for (const auto& node : graph.tasks) {
    std::vector<std::string> needs;
    for (auto need : node.needs) needs.push_back(label(world, graph.tasks[need]));
    std::sort(needs.begin(), needs.end());
    lines.push_back(label(world, node) + (needs.empty() ? "" : " <- ") + join(needs, ", "));
  }
  std::sort(lines.begin(), lines.end());
  return join(lines, "\n") + "\n";
}

struct Command {
  std::vector<Target> targets;
  PlanOptions options;
};

Command command_of(const std::vector<std::string>& parts) {
  Command out;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto& word = parts[i];
    if (word == "-k") {
      out.options.on_missing = PlanOptions::OnMissing::Continue;
    } else if (word == "-g") {
      out.options.on_missing = PlanOptions::OnMissing::LeaveOut;
    } else if (word == "-c") {
      out.options.default_task = task_name(parts.at(++i));
    } else if (word.starts_with("--runall=")) {
      out.options.runall.push_back(word.substr(9));
    } else if (word.starts_with("--runonly=")) {
      out.options.runonly.push_back(word.substr(10));
    } else {
      out.targets.push_back(parse_target(word));
    }
  }
  return out;
}

Result<std::string> run_plan(const testing::ToyWorld& toy, const std::vector<std::string>& parts) {
  auto command = command_of(parts);
  auto providers = toy.providers();
  auto graph = TRY(plan(toy.world, providers, command.targets, command.options));
  std::string out = listing(toy.world, graph);
  for (const auto& text : graph.missing) out += "missing: " + text + "\n";
  for (const auto& text : graph.warnings) out += "warning: " + text + "\n";
  for (const auto& text : providers.notes()) out += "note: " + text + "\n";
  return out;
}

Result<std::string> run_choice(const testing::ToyWorld& toy,
                               const std::vector<std::string>& command) {
  Side side = command.at(0) == "provider" ? Side::Build : Side::Runtime;
  auto providers = toy.providers();
  auto choice = TRY(providers.choose(command.at(1), side));
  std::vector<std::string> lines;
  for (auto id : choice.candidates) {
    const auto& recipe = toy.world.recipes[id];
    lines.push_back(recipe.pn + " " + (recipe.pe.empty() ? "" : recipe.pe + ":") + recipe.pv);
  }
  if (choice.candidates.empty()) {
    lines.push_back(providers.absence(command.at(1), side, choice.why, {}));
  }
  for (const auto& text : providers.notes()) lines.push_back("note: " + text);
  return join(lines, "\n") + "\n";
}

std::string answer(const std::string& world, const std::string& command) {
  auto toy = testing::toy_world(world);
  auto parts = words(command);
  return testing::with_status(parts.at(0) == "plan" ? run_plan(*toy, parts)
                                                    : run_choice(*toy, parts));
}

}  // namespace

TEST_CASE("graph: providers are chosen as the corpus says", "[graph]") {
  testing::check_corpus("graph/providers.txt", answer);
}

TEST_CASE("graph: targets are planned as the corpus says", "[graph]") {
  testing::check_corpus("graph/plan.txt", answer);
}

TEST_CASE("graph: what cannot be planned is told as the corpus says", "[graph]") {
  testing::check_corpus("graph/errors.txt", answer);
}

TEST_CASE("graph: every task stands after those it needs in the order", "[graph]") {
  auto toy = testing::toy_world(
      "recipe a\n depends b c\n task do_build deptask=do_build\n"
      "recipe b\n depends c\n task do_build deptask=do_build\nrecipe c\n");
  auto providers = toy->providers();
  auto made = need(plan(toy->world, providers, {{"a", ""}}));
  std::vector<std::string> order;
  for (auto id : made.order) order.push_back(label(toy->world, made.tasks[id]));
  CHECK(order == std::vector<std::string>{"c do_build", "b do_build", "a do_build"});
}

TEST_CASE("graph: needed_by holds the same edges as needs, backwards", "[graph]") {
  auto toy =
      testing::toy_world("recipe a\n depends b\n task do_build deptask=do_build\nrecipe b\n");
  auto providers = toy->providers();
  auto made = need(plan(toy->world, providers, {{"a", ""}}));
  for (std::uint32_t i = 0; i < made.tasks.size(); ++i) {
    for (auto need : made.tasks[TaskId{i}].needs) {
      CHECK(made.tasks[need].needed_by == std::vector<TaskId>{{i}});
    }
  }
}
