// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/exec/script.h"
#include "tests/exec/task_house.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;

namespace {

std::string indented(const std::string& text) {
  std::string out;
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (const auto& line : lines) out += line.empty() ? "\n" : "  " + line + "\n";
  return out;
}

/// run TASK [FILE…]: how it ended, what was told, its log, the files there are, and what is in
/// some.
Result<std::string> run(testing::TaskHouse& house, const std::vector<std::string>& command) {
  TRY_VOID(house.start(command.at(1)));
  auto ended = house.runner().wait(-1);
  while (ended.empty()) ended = house.runner().wait(-1);
  const auto& task = ended.at(0);
  std::string out =
      "status " + std::to_string(task.status) + (task.status == 0 ? "" : ": " + task.why) + "\n";
  for (const auto& line : house.diary().lines) out += line + "\n";
  if (task.log.empty()) return out;
  if (exists(task.log)) out += "log:\n" + indented(TRY(read_file(task.log)));
  out += "files:\n" + indented(testing::files_of(house.files().root() + "/build/wd"));
  for (std::size_t i = 2; i < command.size(); ++i)
    out += command[i] + ":\n" + indented(TRY(read_file(house.files().root() + "/" + command[i])));
  if (exists(house.files().root() + "/stamp")) out += "stamped\n";
  return replace_all(out, task.log.substr(task.log.rfind('.')), ".PID");
}

/// script FUNCTION: the variables and functions that its script has.
Result<std::string> script(testing::TaskHouse& house, const std::string& function) {
  auto store = TRY(house.app().store.get());
  return exec::emit_function(*store->copy(), function, house.scanner());
}

std::string answer(const std::string& world, const std::string& command) {
  auto house = need(testing::TaskHouse::open(world));
  auto parts = words(command);
  auto result = parts.at(0) == "run" ? run(*house, parts) : script(*house, parts.at(1));
  return house->files().anonymous(result ? *result : "error: " + result.error().text());
}

}  // namespace

TEST_CASE("exec: tasks run as the corpus says", "[exec]") {
  testing::check_corpus("exec/tasks.txt", answer);
}

TEST_CASE("exec: the scripts of shell functions hold what the corpus says", "[exec]") {
  testing::check_corpus("exec/scripts.txt", answer);
}
