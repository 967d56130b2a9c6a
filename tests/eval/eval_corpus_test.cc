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

Result<std::string> recipe(testing::ParsingHouse& house, const std::string& root,
                           const std::vector<std::string>& command, data::Store& config) {
  std::vector<std::string> names(command.begin() + 2, command.end());
  auto variants = TRY(house.evaluator->recipe(join_path(root, command.at(1)),
                                              glob_paths(root + "/*.bbappend"), config));
  std::string out;
  for (const auto& variant : variants) {
    if (variants.size() > 1) out += "variant '" + variant.name + "'\n";
    if (variant.outcome.skipped) out += "skipped: " + *variant.outcome.skipped + "\n";
    out += command.at(0) == "tasks" ? tasks(*variant.store) : TRY(values(*variant.store, names));
  }
  return out;
}

std::string shown(const Result<std::string>& result) {
  return result ? *result : "error: " + result.error().text() + "\n";
}

std::string run(testing::ParsingHouse& house, const std::string& root,
                const std::vector<std::string>& command) {
  auto config = data::Store::create(house.family);
  need(config->set("BBPATH", root, data::Writer::Parser));
  need(config->set("__bbclasstype", "recipe", data::Writer::Parser));
  config->set_list("__exportlist", {});
  std::string path = join_path(root, command.at(1));
  if (!path.ends_with(".bb")) {
    auto read = house.evaluator->configuration(path, *config);
    if (!read) return shown(fail(std::move(read.error())));
    return shown(values(*config, std::vector<std::string>(command.begin() + 2, command.end())));
  }
  config->settle();
  const std::string first = shown(recipe(house, root, command, *config->copy()));
  const std::vector<std::string> told = house.diary.lines;
  // What the statements of a class do is remembered for recipes that come later.
  for (int i = 0; i < 3; ++i) CHECK(shown(recipe(house, root, command, *config->copy())) == first);
  house.diary.lines = told;
  return first;
}

std::string answer(const std::string& world, const std::string& command) {
  testing::FileWorld files(world);
  auto house = need(testing::ParsingHouse::open());
  std::string out = run(*house, files.root(), words(command));
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
