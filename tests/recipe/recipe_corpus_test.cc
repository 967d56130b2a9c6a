// SPDX-License-Identifier: Apache-2.0
#include "engine/base/text.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/parsing_house.h"

using namespace hitz;

namespace {

std::string line(const std::string& name, const std::vector<std::string>& list) {
  return list.empty() ? "" : "  " + name + " " + join(list, " ") + "\n";
}

std::string described(const recipe::Task& task) {
  std::string out = "  task " + task.name;
  if (!task.predecessors.empty()) out += " after " + join(task.predecessors, " ");
  auto add = [&](const std::string& name, const std::vector<std::string>& list) {
    if (!list.empty()) out += " " + name + "=" + join(list, ",");
  };
  add("depends", task.depends);
  add("rdepends", task.rdepends);
  add("deptask", task.deptask);
  add("rdeptask", task.rdeptask);
  add("recrdeptask", task.recrdeptask);
  add("mcdepends", task.mcdepends);
  if (task.noexec) out += " noexec";
  if (task.nostamp) out += " nostamp";
  return out + "\n";
}

std::string described(const recipe::Recipe& recipe) {
  std::string out = recipe.pn + " " + (recipe.pe.empty() ? "" : recipe.pe + ":") + recipe.pv + "-" +
                    recipe.pr + "\n";
  if (recipe.skipped) return out + "  skipped: " + *recipe.skipped + "\n";
  if (!recipe.variant.empty()) out += "  variant " + recipe.variant + "\n";
  out += line("appends", recipe.appends) + line("provides", recipe.provides) +
         line("depends", recipe.depends) + line("rdepends", recipe.rdepends);
  for (const auto& [name, package] : recipe.packages) {
    out += "  package " + name + "\n" + line("  rdepends", package.rdepends) +
           line("  rrecommends", package.rrecommends) + line("  rprovides", package.rprovides);
  }
  for (const auto& task : recipe.tasks) out += described(task);
  if (recipe.default_preference != 0) {
    out += "  preference " + std::to_string(recipe.default_preference) + "\n";
  }
  return out + (recipe.exclude_from_world ? "  not in world\n" : "");
}

std::string described(const recipe::Files& files) {
  std::string out;
  for (const auto& file : files.recipes) {
    out += file.path + " " + (file.layer.empty() ? "(no layer)" : file.layer) + " " +
           std::to_string(file.priority) + "\n" + line("appends", file.appends);
  }
  for (const auto& path : files.masked) out += "masked " + path + "\n";
  for (const auto& path : files.overlayed) out += "overlayed " + path + "\n";
  for (const auto& text : files.warnings) out += "warning: " + text + "\n";
  return out;
}

Result<std::string> run(testing::ParsingHouse& house, const testing::FileWorld& files,
                        const std::vector<std::string>& command) {
  auto configuration = TRY(house.configure(files));
  if (command.at(0) == "files") {
    return described(TRY(recipe::collect_files(configuration)));
  }
  auto world = TRY(recipe::read_world(configuration, *house.evaluator, house.diary));
  std::string out;
  for (const auto& recipe : world.recipes) {
    if (command.at(0) == "recipes") out += described(recipe);
    for (std::size_t i = 2; command.at(0) == "get" && i < command.size(); ++i) {
      if (recipe.pn != command[1]) continue;
      out += command[i] + " = \"" + TRY(TRY(recipe.store.get())->text(command[i])) + "\"\n";
    }
  }
  return out;
}

std::string answer(const std::string& world, const std::string& command) {
  testing::FileWorld files(world);
  auto house = need(testing::ParsingHouse::open());
  auto result = run(*house, files, words(command));
  return files.anonymous(testing::with_status(result, house->diary.lines));
}

}  // namespace

TEST_CASE("recipe: files are found as the corpus says", "[recipe]") {
  testing::check_corpus("recipe/files.txt", answer);
}

TEST_CASE("recipe: files become recipes as the corpus says", "[recipe]") {
  testing::check_corpus("recipe/recipes.txt", answer);
}

TEST_CASE("recipe: recipes evaluate as the corpus says", "[recipe]") {
  testing::check_corpus("recipe/language.txt", answer);
}
