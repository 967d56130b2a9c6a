// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/collect.h"
#include "tests/support/catch.h"

using hitz::recipe::explode_deps;

TEST_CASE("recipe: versions in parentheses are no dependencies", "[recipe]") {
  CHECK(explode_deps("a (>= 1.0) b\tc (= 2 beta) d") ==
        std::vector<std::string>{"a", "b", "c", "d"});
  CHECK(explode_deps(" ").empty());
}
