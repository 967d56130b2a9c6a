// SPDX-License-Identifier: Apache-2.0
// What a configuration and its recipes cost to evaluate: parse-bench BUILD_DIRECTORY [TARGET…]
#include <chrono>
#include <cstdio>

#include <fmt/core.h>

#include "engine/graph/plan.h"
#include "tests/support/parsing_house.h"

using namespace hitz;

namespace {

class Stopwatch {
 public:
  double lap() {
    auto now = std::chrono::steady_clock::now();
    double out = std::chrono::duration<double, std::milli>(now - start_).count();
    start_ = now;
    return out;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Result<void> measure(const std::string& topdir, const std::vector<std::string>& targets) {
  Stopwatch watch;
  auto house = TRY(testing::ParsingHouse::open());
  fmt::print("python:        {:9.2f} ms\n", watch.lap());
  layer::Request request;
  request.topdir = topdir;
  for (const char* name : {"HOME", "PATH", "USER", "SHELL", "LOGNAME"}) {
    if (const char* value = std::getenv(name)) request.environment[name] = value;
  }
  auto configuration = TRY(house->configure(request));
  fmt::print("configuration: {:9.2f} ms\n", watch.lap());
  auto world = TRY(recipe::read_world(configuration, *house->evaluator, house->diary));
  double took = watch.lap();
  fmt::print("recipes:       {:9.2f} ms, {} recipes, {} skipped, {:.2f} ms each\n", took,
             world.recipes.size(), house->diary.parse_finished.skipped,
             took / static_cast<double>(world.recipes.size()));
  graph::Providers providers(world);
  std::vector<graph::Target> wanted;
  for (const auto& target : targets) wanted.push_back(graph::parse_target(target));
  auto graph = TRY(graph::plan(world, providers, wanted));
  fmt::print("plan:          {:9.2f} ms, {} tasks\n", watch.lap(), graph.tasks.size());
  for (const auto& line : house->diary.lines) fmt::print("{}\n", line);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: parse-bench BUILD_DIRECTORY [TARGET…]\n");
    return 1;
  }
  auto done = measure(argv[1], {argv + 2, argv + argc});
  if (!done) fmt::print(stderr, "{}\n", done.error().text());
  return done ? 0 : 1;
}
