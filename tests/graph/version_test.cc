// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/version.h"

#include "tests/support/catch.h"

using hitz::graph::compare;
using hitz::graph::compare_part;

TEST_CASE("graph: versions are ordered run by run", "[graph]") {
  CHECK(compare_part("1.9", "1.10") < 0);
  CHECK(compare_part("1.2", "1.2") == 0);
  CHECK(compare_part("1.2", "1.2.1") < 0);
  CHECK(compare_part("1.2a", "1.2") > 0);
  CHECK(compare_part("1.2b", "1.2a") > 0);
  CHECK(compare_part("1.01", "1.1") == 0);
  CHECK(compare_part("1.a", "1.1") > 0);
  CHECK(compare_part("1..", "1.a") > 0);
}

TEST_CASE("graph: a tilde is older than the end of a version", "[graph]") {
  CHECK(compare_part("1.0~rc1", "1.0") < 0);
  CHECK(compare_part("1.0~rc1", "1.0~rc2") < 0);
  CHECK(compare_part("1.0~", "1.0~~") > 0);
}

TEST_CASE("graph: the epoch decides before the version and that before the revision", "[graph]") {
  CHECK(compare({"1", "1.0", "r0"}, {"", "2.0", "r0"}) > 0);
  CHECK(compare({"", "1.0", "r1"}, {"0", "1.0", "r0"}) > 0);
  CHECK(compare({"", "1.0", "r0"}, {"0", "1.0", "r0"}) == 0);
}

TEST_CASE("graph: numbers longer than a machine word are compared as numbers", "[graph]") {
  CHECK(compare_part("20240101123456789012345", "20240101123456789012344") > 0);
  CHECK(compare_part("99999999999999999999999", "100000000000000000000000") < 0);
}
