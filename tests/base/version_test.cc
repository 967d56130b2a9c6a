// SPDX-License-Identifier: Apache-2.0
#include "engine/base/version.h"

#include "tests/support/catch.h"

using hitz::compare_version_parts;
using hitz::compare_versions;

TEST_CASE("base: versions are ordered run by run", "[base]") {
  CHECK(compare_version_parts("1.9", "1.10") < 0);
  CHECK(compare_version_parts("1.2", "1.2") == 0);
  CHECK(compare_version_parts("1.2", "1.2.1") < 0);
  CHECK(compare_version_parts("1.2a", "1.2") > 0);
  CHECK(compare_version_parts("1.2b", "1.2a") > 0);
  CHECK(compare_version_parts("1.01", "1.1") == 0);
  CHECK(compare_version_parts("1.a", "1.1") > 0);
  CHECK(compare_version_parts("1..", "1.a") > 0);
}

TEST_CASE("base: a tilde is older than the end of a version", "[base]") {
  CHECK(compare_version_parts("1.0~rc1", "1.0") < 0);
  CHECK(compare_version_parts("1.0~rc1", "1.0~rc2") < 0);
  CHECK(compare_version_parts("1.0~", "1.0~~") > 0);
}

TEST_CASE("base: the epoch decides before the version and that before the revision", "[base]") {
  CHECK(compare_versions({"1", "1.0", "r0"}, {"", "2.0", "r0"}) > 0);
  CHECK(compare_versions({"", "1.0", "r1"}, {"0", "1.0", "r0"}) > 0);
  CHECK(compare_versions({"", "1.0", "r0"}, {"0", "1.0", "r0"}) == 0);
}

TEST_CASE("base: numbers longer than a machine word are compared as numbers", "[base]") {
  CHECK(compare_version_parts("20240101123456789012345", "20240101123456789012344") > 0);
  CHECK(compare_version_parts("99999999999999999999999", "100000000000000000000000") < 0);
}
