// SPDX-License-Identifier: Apache-2.0
// Steps: a statement that found the same record before gives the record that came of it then.

#include "engine/data/steps.h"

#include "tests/support/catch.h"

using namespace hitz;
using data::Step;
using data::Writer;

namespace {

struct World {
  data::Family family;
  std::shared_ptr<data::Store> configuration = data::Store::create(family);
  data::Steps steps;

  std::shared_ptr<data::Store> recipe() const { return configuration->copy(); }
  const data::Variable* record(data::Store& d, std::string_view name) const {
    return d.record(family.names->id(name)).get();
  }
  /// A statement NAME = "one"; whether it was done without being carried out.
  bool assign(data::Store& d, const std::string& name = "A", std::uint32_t number = 0) {
    Step step(d, &steps, number, name, Step::Writes::Value);
    if (step.done()) return true;
    need(d.set(name, "one", Writer::Parser));
    step.learn();
    return false;
  }
};

}  // namespace

TEST_CASE("data: two recipes with the same statement have one record of it", "[data]") {
  World world;
  auto a = world.recipe(), b = world.recipe();
  CHECK_FALSE(world.assign(*a));
  CHECK(world.assign(*b));
  CHECK(need(b->text("A")) == "one");
  CHECK(world.record(*a, "A") == world.record(*b, "A"));
}

TEST_CASE("data: what a recipe writes to a record that it shares stays its own", "[data]") {
  World world;
  auto a = world.recipe(), b = world.recipe(), c = world.recipe();
  world.assign(*a);
  need(a->append("A", " of a"));
  need(a->set_flag("A", "f", "of a"));
  CHECK(world.assign(*b));
  CHECK(need(a->text("A")) == "one of a");
  CHECK(need(b->text("A")) == "one");
  CHECK_FALSE(b->has_flag("A", "f"));
  need(b->set("A", "two", Writer::Code));
  CHECK(world.assign(*c));
  CHECK(need(c->text("A")) == "one");
}

TEST_CASE("data: a statement that finds a recipe's own record is carried out", "[data]") {
  World world;
  auto a = world.recipe(), b = world.recipe();
  world.assign(*a);
  need(b->set_flag("A", "f", "of b"));
  CHECK_FALSE(world.assign(*b));
  CHECK(need(b->text("A")) == "one");
  CHECK(b->has_flag("A", "f"));
}

TEST_CASE("data: what the configuration says of a name decides what a statement makes of it",
          "[data]") {
  World world;
  need(world.configuration->set_flag("A", "f", "1"));
  world.configuration->settle();
  auto a = world.recipe(), b = world.recipe();
  CHECK_FALSE(world.assign(*a));
  CHECK(world.assign(*b));
  CHECK(b->has_flag("A", "f"));
  auto other = data::Store::create(world.family);
  other->settle();
  auto c = other->copy();
  CHECK_FALSE(world.assign(*c));
  CHECK_FALSE(c->has_flag("A", "f"));
}

TEST_CASE("data: a variant that a statement makes is known as one in every recipe", "[data]") {
  World world;
  need(world.configuration->set("OVERRIDES", "o", Writer::Parser));
  world.configuration->settle();
  auto a = world.recipe(), b = world.recipe();
  CHECK_FALSE(world.assign(*a, "A:o"));
  CHECK(world.assign(*b, "A:o"));
  CHECK(need(b->text("A")) == "one");
}

TEST_CASE("data: what decides on overrides is carried out in every recipe", "[data]") {
  World world;
  need(world.configuration->set("OVERRIDES", "${A}", Writer::Parser));
  need(world.configuration->set("B:one", "yes", Writer::Parser));
  world.configuration->settle();
  auto a = world.recipe(), b = world.recipe();
  CHECK_FALSE(world.assign(*a));
  CHECK_FALSE(world.assign(*b));
  CHECK(need(b->text("B")) == "yes");
}

TEST_CASE("data: a store that keeps its history carries every statement out", "[data]") {
  World world;
  auto a = world.recipe(), b = world.recipe();
  world.assign(*a);
  b->track(data::Store::Tracking::On);
  CHECK_FALSE(world.assign(*b));
  CHECK(b->history("A").size() == 1);
}
