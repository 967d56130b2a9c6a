// SPDX-License-Identifier: Apache-2.0
// Graphs that reach from one configuration into another: recipes of the layer "two" are those of a
// multiconfig of that name.

#include <algorithm>

#include "engine/base/text.h"
#include "engine/graph/drawing.h"
#include "engine/graph/plan.h"
#include "tests/support/catch.h"
#include "tests/support/toy_world.h"

using namespace hitz;
using namespace hitz::graph;

namespace {

std::string planned(const std::string& text, const std::vector<std::string>& wanted) {
  auto toy = testing::toy_world(text);
  for (auto& recipe : toy->world.recipes) {
    if (recipe.layer == "two") recipe.virtual_file = "mc:two:" + recipe.virtual_file;
  }
  Providers main(toy->world, toy->variable());
  Providers two(toy->world, toy->variable(), "two");
  PlanOptions options;
  options.multiconfigs = {&two};
  std::vector<Target> targets;
  for (const auto& word : wanted) targets.push_back(parse_target(word));
  auto graph = plan(toy->world, main, targets, options);
  return graph ? as_text(draw(toy->world, *graph, Level::Task)) : graph.error().text();
}

}  // namespace

TEST_CASE("graph: a name is that of a recipe of the same configuration", "[graph]") {
  const char* world =
      "recipe a\n depends b\n task do_build deptask=do_build\nrecipe b\n"
      "recipe a\n layer two\n depends b\n task do_build deptask=do_build\n"
      "recipe b\n layer two\n";
  CHECK(planned(world, {"a"}) == "a:do_build\na:do_build -> b:do_build\nb:do_build\n");
  CHECK(planned(world, {"mc:two:a"}) ==
        "mc:two:a:do_build\nmc:two:a:do_build -> mc:two:b:do_build\nmc:two:b:do_build\n");
  CHECK(planned(world, {"mc:*:b"}) == "b:do_build\nmc:two:b:do_build\n");
  CHECK(planned(world, {"multiconfig:two:b:do_build"}) == "mc:two:b:do_build\n");
}

TEST_CASE("graph: world is of every configuration", "[graph]") {
  CHECK(planned("recipe a\nrecipe b\n layer two\n", {"world"}) ==
        "a:do_build\nmc:two:b:do_build\n");
}

TEST_CASE("graph: mcdepends leads into another configuration", "[graph]") {
  const char* world =
      "recipe a\n task do_build mcdepends=mc::two:b:do_fetch\n"
      "recipe b\n layer two\n task do_fetch\n task do_build after do_fetch\n";
  CHECK(planned(world, {"a"}) ==
        "a:do_build\na:do_build -> mc:two:b:do_fetch\nmc:two:b:do_fetch\n");
}

TEST_CASE("graph: a task with mcdepends waits for all that its configuration's recipes name",
          "[graph]") {
  const char* world =
      "recipe a\n depends c\n task do_build deptask=do_build mcdepends=mc::two:b:do_fetch\n"
      "recipe c\n task do_build mcdepends=mc::two:b:do_patch\n"
      "recipe b\n layer two\n task do_fetch\n task do_patch\n";
  CHECK(planned(world, {"a"}).find("c:do_build -> mc:two:b:do_fetch\n") != std::string::npos);
}

TEST_CASE("graph: what mcdepends names must be there", "[graph]") {
  const char* world =
      "recipe a\n task do_build mcdepends=mc::two:b:do_invalid\n"
      "recipe c\n task do_build mcdepends=mc::three:b:do_build\nrecipe b\n layer two\n";
  CHECK(planned(world, {"a"}).find("a do_build needs b:do_invalid, a non-existent task") == 0);
  CHECK(planned(world, {"c"}) ==
        "c do_build[mcdepends]: the multiconfig 'three' is not in BBMULTICONFIG");
  CHECK(planned(world, {"mc:three:b"}) ==
        "target 'mc:three:b': the multiconfig 'three' is not in BBMULTICONFIG");
}
