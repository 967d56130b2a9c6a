// SPDX-License-Identifier: Apache-2.0
#include "engine/query/query.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/toy_world.h"

using namespace hitz;
using namespace hitz::query;

namespace {

/// "query [--tasks] [--output=FORMAT] EXPRESSION"
Result<std::string> run(const testing::ToyWorld& toy, std::string_view command) {
  Options options;
  command.remove_prefix(6);
  while (command.starts_with("--")) {
    auto option = command.substr(0, command.find(' '));
    if (option == "--tasks") options.level = Level::Tasks;
    if (option.starts_with("--output=")) options.format = TRY(parse_format(option.substr(9)));
    command.remove_prefix(std::min(option.size() + 1, command.size()));
  }
  auto providers = toy.providers();
  auto answer = TRY(query::query(toy.world, providers, command, options));
  std::string out = answer.text;
  for (const auto& text : answer.warnings) out += "warning: " + text + "\n";
  return out;
}

std::string answer(const std::string& world, const std::string& command) {
  auto toy = testing::toy_world(world);
  return testing::with_status(run(*toy, command));
}

}  // namespace

TEST_CASE("query: expressions over recipes mean what the corpus says", "[query]") {
  testing::check_corpus("query/recipes.txt", answer);
  testing::check_corpus("query/task_depends.txt", answer);
}

TEST_CASE("query: expressions over tasks mean what the corpus says", "[query]") {
  testing::check_corpus("query/tasks.txt", answer);
}

TEST_CASE("query: what is wrong with a query is shown at its place", "[query]") {
  testing::check_corpus("query/errors.txt", answer);
}
