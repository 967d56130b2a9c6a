// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/weight.h"

#include "engine/graph/plan.h"
#include "tests/support/catch.h"
#include "tests/support/toy_world.h"

using namespace hitz;
using namespace hitz::graph;

namespace {

/// a and b both wait for c; a also for b.
struct Toy {
  std::unique_ptr<testing::ToyWorld> toy = testing::toy_world(
      "recipe a\n depends b c\n task do_build deptask=do_build\n"
      "recipe b\n depends c\n task do_build deptask=do_build\nrecipe c\n");
  Providers providers = toy->providers();
  TaskGraph made = need(plan(toy->world, providers, {{"a", ""}}));

  TaskId of(const std::string& pn) const {
    for (std::uint32_t i = 0; i < made.tasks.size(); ++i) {
      if (toy->world.recipes[made.tasks[TaskId{i}].recipe].pn == pn) return {i};
    }
    return {};
  }
};

}  // namespace

TEST_CASE("graph: a task weighs one more than all who wait for it, the last one ten", "[graph]") {
  Toy toy;
  auto weights = count_weights(toy.made);
  CHECK(weights[toy.of("a")] == 10);
  CHECK(weights[toy.of("b")] == 11);
  CHECK(weights[toy.of("c")] == 22);
}

TEST_CASE("graph: the critical path is the one that takes longest", "[graph]") {
  Toy toy;
  Weights cost(toy.made.tasks.size(), 1);
  cost[toy.of("b")] = 5;
  auto weights = criticality(toy.made, cost);
  CHECK(weights[toy.of("c")] == 7);
  CHECK(critical_path(toy.made, cost) ==
        std::vector<TaskId>{toy.of("c"), toy.of("b"), toy.of("a")});
}
