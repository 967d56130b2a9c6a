// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/worker_pool.h"

#include <unistd.h>

#include <csignal>
#include <map>

#include "tests/recipe/kept_world.h"
#include "tests/support/catch.h"

using namespace hitz;
using recipe::Told;
using testing::Cache;
using testing::KeptWorld;
using testing::Parsed;

namespace {

/// What is told of each item, "record of N" or its error, then its log lines.
std::map<std::size_t, std::string> worked_off(std::size_t count, int processes,
                                              const std::function<Told(std::size_t)>& work) {
  std::map<std::size_t, std::string> out;
  recipe::Pool pool;
  pool.processes = processes;
  pool.hooks = {[] {}, [] {}, [] {}};
  pool.work = work;
  pool.done = [&](std::size_t item, const Told& told) {
    CHECK_FALSE(out.contains(item));
    out[item] = told.result ? told.result->record : told.result.error().text();
    for (const auto& line : told.log) out[item] += "\n" + line.message;
  };
  need(recipe::work_off(count, pool));
  return out;
}

recipe::Evaluated evaluated(std::size_t item) {
  recipe::Evaluated out;
  out.record = "record of " + std::to_string(item);
  return out;
}

/// A world with enough recipes for several processes.
KeptWorld many_recipes() {
  KeptWorld world("");
  for (int i = 10; i < 50; ++i)
    world.write("core/recipes/r" + std::to_string(i) + "_1.bb",
                "SUMMARY = \"${COLOUR}\"\npython () {\n    bb.warn('one of ' + d.getVar('PN'))\n"
                "    bb.warn('two of ' + d.getVar('PN'))\n}\n");
  world.processes = 2;
  return world;
}

}  // namespace

TEST_CASE("recipe: every item is worked at once, whatever the number of processes", "[recipe]") {
  for (int processes : {1, 2, 5}) {
    auto told = worked_off(50, processes, [](std::size_t item) {
      return Told{evaluated(item), {{event::Level::Note, "log of " + std::to_string(item)}}, {}};
    });
    REQUIRE(told.size() == 50);
    CHECK(told[7] == "record of 7\nlog of 7");
  }
  CHECK(worked_off(0, 2, [](std::size_t item) { return Told{evaluated(item), {}, {}}; }).empty());
}

TEST_CASE("recipe: what an item told arrives whole", "[recipe]") {
  recipe::Pool pool;
  pool.processes = 2;
  pool.hooks = {[] {}, [] {}, [] {}};
  const std::string large(3'000'000, 'x');
  pool.work = [&](std::size_t item) {
    recipe::Evaluated out;
    out.record = large;
    out.files = {"/a", "/b", "/a" + std::to_string(item)};
    out.numbered = {data::NameId{7}, data::NameId{3'000'000'000}};
    out.others = {recipe::name_hash("A"), UINT64_MAX};
    out.all_names = item % 2 == 0;
    out.keep = item % 3 == 0;
    return Told{out, {}, {}};
  };
  std::size_t seen = 0;
  pool.done = [&](std::size_t item, const Told& told) {
    ++seen;
    REQUIRE(told.result);
    CHECK(told.result->record.size() == large.size());
    CHECK(told.result->files == std::vector<std::string>{"/a", "/b", "/a" + std::to_string(item)});
    CHECK(told.result->numbered ==
          std::vector<data::NameId>{data::NameId{7}, data::NameId{3'000'000'000}});
    CHECK(told.result->others == std::vector<std::uint64_t>{recipe::name_hash("A"), UINT64_MAX});
    CHECK(told.result->all_names == (item % 2 == 0));
    CHECK(told.result->keep == (item % 3 == 0));
  };
  need(recipe::work_off(6, pool));
  CHECK(seen == 6);
}

TEST_CASE("recipe: an error keeps its trail and its chain of variables on the way", "[recipe]") {
  auto told = worked_off(3, 2, [](std::size_t item) -> Told {
    if (item != 1) return {evaluated(item), {}};
    Error error{Blame::Environment, "no good", {"at a.bb:1", "while parsing a.bb"}, Kind::Parse};
    error.chain = {"B", "A"};
    return {fail(std::move(error)), {}};
  });
  CHECK(told[0] == "record of 0");
  CHECK(told[1] ==
        "no good\nThe variable dependency chain for the failure is: B -> A\n  at a.bb:1\n"
        "  while parsing a.bb");
  CHECK(told[2] == "record of 2");
}

TEST_CASE("recipe: a process that dies costs the item that it was at, and no other", "[recipe]") {
  auto told = worked_off(30, 2, [](std::size_t item) -> Told {
    if (item == 4) ::_exit(0);
    if (item == 5) ::_exit(7);
    if (item == 11) ::raise(SIGKILL);
    if (item == 29) ::_exit(0);
    return {evaluated(item), {}};
  });
  REQUIRE(told.size() == 30);
  CHECK(told[3] == "record of 3");
  CHECK(told[4] == "Python of the recipe ended the process that parses it, with exit status 0");
  CHECK(told[5] == "Python of the recipe ended the process that parses it, with exit status 7");
  CHECK(told[11] == "the process that parses it was ended by signal 9 (Killed)");
  CHECK(told[28] == "record of 28");
  CHECK(told[29] == "Python of the recipe ended the process that parses it, with exit status 0");
}

TEST_CASE("recipe: a recipe whose Python leaves is named, and the others are parsed", "[recipe]") {
  auto world = many_recipes();
  world.write("core/recipes/r20_1.bb", "python () {\n    os._exit(0)\n}\n");
  Parsed parsed = world.parse();
  CHECK(parsed.status == 1);
  CHECK(parsed.error ==
        "Python of the recipe ended the process that parses it, with exit status 0\n"
        "  while parsing @ROOT@/core/recipes/r20_1.bb");
  world.write("core/recipes/r20_1.bb", "SUMMARY = \"mended\"\n");
  Parsed mended = world.parse();
  CHECK(mended.cached == 39);
  CHECK(mended.parsed == "r20_1.bb");
  CHECK(mended.records == world.parse(Cache::Off).records);
}

TEST_CASE("recipe: a recipe that a signal ends is a fault of hitz, and named", "[recipe]") {
  auto world = many_recipes();
  world.write("core/recipes/r20_1.bb", "python () {\n    os.kill(os.getpid(), 9)\n}\n");
  world.write("core/recipes/r45_1.bb", "no line\n");
  Parsed parsed = world.parse();
  CHECK(parsed.status == 3);
  REQUIRE(parsed.lines.size() == 77);
  CHECK(parsed.lines[76] ==
        "error: the process that parses it was ended by signal 9 (Killed)\n"
        "  while parsing @ROOT@/core/recipes/r20_1.bb");
  CHECK(parsed.error ==
        "ParseError at @ROOT@/core/recipes/r45_1.bb:1: unparsed line: 'no line'\n"
        "  while parsing @ROOT@/core/recipes/r45_1.bb");
}

TEST_CASE("recipe: all that cannot be parsed is told in the order of the files", "[recipe]") {
  auto world = many_recipes();
  for (const char* name : {"r12", "r31", "r40", "r22"})
    world.write("core/recipes/" + std::string(name) + "_1.bb", "no line\n");
  for (int processes : {1, 2}) {
    world.processes = processes;
    Parsed parsed = world.parse(Cache::Off);
    CHECK(parsed.status == 1);
    std::string told;
    for (const auto& line : parsed.lines) {
      if (line.starts_with("error: ParseError")) told += line.substr(line.rfind('/'), 8);
    }
    CHECK(told == "/r12_1.b/r22_1.b/r31_1.b");
    CHECK(parsed.error.ends_with("while parsing @ROOT@/core/recipes/r40_1.bb"));
  }
}

TEST_CASE("recipe: the lines of one recipe stay together, also from other processes", "[recipe]") {
  auto world = many_recipes();
  Parsed parsed = world.parse(Cache::Off);
  REQUIRE(parsed.lines.size() == 80);
  for (std::size_t i = 0; i < parsed.lines.size(); i += 2) {
    CHECK(parsed.lines[i].starts_with("warning: one of r"));
    CHECK(parsed.lines[i + 1] == "warning: two of " + parsed.lines[i].substr(16));
  }
}

TEST_CASE("recipe: one process or several give the same", "[recipe]") {
  auto world = many_recipes();
  Parsed several = world.parse(Cache::Off);
  world.processes = 1;
  CHECK(several.records == world.parse(Cache::Off).records);
}
