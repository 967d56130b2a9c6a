// SPDX-License-Identifier: Apache-2.0
#include "engine/layer/collection.h"

#include "engine/layer/environment.h"
#include "tests/support/catch.h"

using namespace hitz;
using namespace hitz::layer;

TEST_CASE("layer: a dependency is a name, and perhaps an operator and a version", "[layer]") {
  auto all = need(parse_dependencies("core (>= 12) meta-a, meta-b(=3)"));
  REQUIRE(all.size() == 3);
  CHECK(all[0].layer == "core");
  CHECK(all[0].op == ">=");
  CHECK(all[0].version == "12");
  CHECK(all[1].layer == "meta-a");
  CHECK(all[1].op.empty());
  CHECK(all[2].layer == "meta-b");
  CHECK(all[2].version == "3");
}

TEST_CASE("layer: a dependency with a broken version is refused", "[layer]") {
  CHECK_FALSE(parse_dependencies("core (>= 12").has_value());
  CHECK_FALSE(parse_dependencies("core (about 12)").has_value());
  CHECK_FALSE(parse_dependencies("(>= 12)").has_value());
}

TEST_CASE("layer: only known names of the environment pass", "[layer]") {
  auto names = permitted_names({{"HOME", "/h"}, {"CC", "gcc"}});
  CHECK(names.contains("HOME"));
  CHECK_FALSE(names.contains("CC"));
}

TEST_CASE("layer: BB_ENV_PASSTHROUGH_ADDITIONS adds names that pass", "[layer]") {
  auto names = permitted_names({{"BB_ENV_PASSTHROUGH_ADDITIONS", "CC LD"}});
  CHECK(names.contains("CC"));
  CHECK(names.contains("HOME"));
}

TEST_CASE("layer: BB_ORIGENV is a store of the whole environment", "[layer]") {
  auto d = data::Store::create({});
  need(inherit_environment({{"HOME", "/h"}, {"CC", "gcc"}}, *d));
  CHECK(need(d->text("CC")).empty());
  auto value = std::get<std::shared_ptr<const data::Opaque>>(need(d->get("BB_ORIGENV")));
  const auto* kept = dynamic_cast<const data::StoreValue*>(value.get());
  REQUIRE(kept != nullptr);
  CHECK(need(kept->store()->text("CC")) == "gcc");
}

TEST_CASE("layer: BB_ENV_PASSTHROUGH stands instead of the known names", "[layer]") {
  auto names = permitted_names({{"BB_ENV_PASSTHROUGH", "CC"}});
  CHECK(names.contains("CC"));
  CHECK_FALSE(names.contains("HOME"));
}

TEST_CASE("layer: BB_PRESERVE_ENV lets everything pass", "[layer]") {
  CHECK(permitted_names({{"BB_PRESERVE_ENV", "1"}, {"CC", "gcc"}}).contains("CC"));
}
