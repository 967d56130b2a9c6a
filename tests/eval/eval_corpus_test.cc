// SPDX-License-Identifier: Apache-2.0
// A world of files with BBPATH at its root, and one file of them evaluated:
//
//   get FILE NAME…    its variables; those of each variant when it has several
//   tasks FILE        its tasks in their order, each with those before it
//
// A .bb is a recipe, with every .bbappend of the world; anything else a configuration file.

#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/parsing_house.h"

using namespace hitz;

namespace {

Result<std::string> values(data::Store& d, const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    auto value = TRY(d.get(name));
    const std::string* text = data::text_of(value);
    out += name + (text != nullptr       ? " = \"" + *text + "\"\n"
                   : data::is_set(value) ? " is no text\n"
                                         : " is not set\n");
  }
  return out;
}

std::string tasks(data::Store& d) {
  std::string out;
  for (const auto& task : d.list("__BBTASKS")) {
    auto before = eval::Evaluator::predecessors(task, d);
    out += task + (before.empty() ? "" : " after " + join(before, " ")) + "\n";
  }
  return out;
}

Result<std::string> run(testing::ParsingHouse& house, const std::string& root,
                        const std::vector<std::string>& command) {
  auto config = data::Store::create(house.family);
  TRY_VOID(config->set("BBPATH", root, data::Writer::Parser));
  TRY_VOID(config->set("__bbclasstype", "recipe", data::Writer::Parser));
  config->set_list("__exportlist", {});
  std::string path = join_path(root, command.at(1));
  std::vector<std::string> names(command.begin() + 2, command.end());
  if (!path.ends_with(".bb")) {
    TRY_VOID(house.evaluator->configuration(path, *config));
    return values(*config, names);
  }
  auto variants = TRY(house.evaluator->recipe(path, glob_paths(root + "/*.bbappend"), *config));
  std::string out;
  for (const auto& variant : variants) {
    if (variants.size() > 1) out += "variant '" + variant.name + "'\n";
    if (variant.outcome.skipped) out += "skipped: " + *variant.outcome.skipped + "\n";
    out += command.at(0) == "tasks" ? tasks(*variant.store) : TRY(values(*variant.store, names));
  }
  return out;
}

std::string answer(const std::string& world, const std::string& command) {
  testing::FileWorld files(world);
  auto house = need(testing::ParsingHouse::open());
  auto result = run(*house, files.root(), words(command));
  std::string out = result ? *result : "error: " + result.error().text() + "\n";
  std::vector<std::string> told = house->diary.lines;
  told.erase(std::unique(told.begin(), told.end()), told.end());
  for (const auto& line : told) out += line + "\n";
  // Anonymous functions are named after their file.
  std::string mangled = replace_all(replace_all(files.root(), "/", "_"), "-", "_");
  return replace_all(files.anonymous(out), mangled, "_ROOT_");
}

}  // namespace

TEST_CASE("eval: include, require and inherit do what the corpus says", "[eval]") {
  testing::check_corpus("eval/files.txt", answer);
}

TEST_CASE("eval: addtask and deltask do what the corpus says", "[eval]") {
  testing::check_corpus("eval/tasks.txt", answer);
}

TEST_CASE("eval: functions, classes and variants come out as the corpus says", "[eval]") {
  testing::check_corpus("eval/functions.txt", answer);
}

TEST_CASE("eval: errors are told with the place and the way that the corpus says", "[eval]") {
  testing::check_corpus("eval/errors.txt", answer);
}
