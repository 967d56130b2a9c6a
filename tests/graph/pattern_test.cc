// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/provider_index.h"
#include "tests/support/catch.h"

using namespace hitz;

TEST_CASE("graph: a pattern that looks behind at its end leaves those names out", "[graph]") {
  auto pattern = need(graph::Pattern::of("^perl-module-.*(?<!native)$"));
  CHECK(pattern.matches_start_of("perl-module-io"));
  CHECK_FALSE(pattern.matches_start_of("perl-module-io-native"));
  CHECK_FALSE(pattern.matches_start_of("perl-modul"));
  CHECK(need(graph::Pattern::of("^(?<!x)$")).matches_start_of(""));
}

TEST_CASE("graph: what no pattern can be is told with its text", "[graph]") {
  auto pattern = graph::Pattern::of("^a(?<!b.)$");
  REQUIRE_FALSE(pattern.has_value());
  CHECK(pattern.error().message.starts_with("'^a(?<!b.)$' is not a regular expression"));
  CHECK_FALSE(graph::Pattern::of("(").has_value());
}
