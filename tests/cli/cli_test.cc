// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/options.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"

using namespace hitz;
using namespace hitz::cli;

namespace {

Usage toy() {
  return {"toy",
          "TARGET...",
          "does nothing",
          "",
          {{"force", 'f', "", "whatever stamps say"},
           {"keep-going", 'k', "", "after a failure"},
           {"task", 'c', "TASK", "this one"},
           {"define", 'D', "NAME=VALUE", "a setting"},
           {"limit", 0, "SIZE", "at most"}}};
}

/// What a command line is taken for: options in alphabetical order, then the arguments.
std::string parsed(const std::vector<std::string>& line) {
  auto given = parse_options(toy(), line);
  if (!given) {
    return "exit " + std::to_string(static_cast<int>(given.error().blame) + 1) + "\n" +
           given.error().text() + "\n";
  }
  std::string out;
  for (const auto& [name, values] : given->options) {
    for (const auto& value : values) out += name + (value.empty() ? "" : " = " + value) + "\n";
  }
  return out + "arguments:" + (given->arguments.empty() ? "" : " ") + join(given->arguments, " ") +
         "\n";
}

}  // namespace

TEST_CASE("cli: command lines are taken for what the corpus says", "[cli]") {
  testing::check_corpus("cli/options.txt", [](const std::string&, const std::string& command) {
    return parsed(words(command));
  });
}

TEST_CASE("cli: an empty value is a value, and the last of several counts", "[cli]") {
  auto given = need(parse_options(toy(), {"--task=", "-c", "last"}));
  CHECK(given.options.at("task") == std::vector<std::string>{"", "last"});
  CHECK(given.last("task", "otherwise") == "last");
  CHECK(given.last("limit", "otherwise") == "otherwise");
}

TEST_CASE("cli: the help of a command shows every option with its letter and value", "[cli]") {
  CHECK(help_text(toy()) ==
        "hitz toy [options] TARGET...\n\n  does nothing\n\noptions:\n"
        "  -f, --force                 whatever stamps say\n"
        "  -k, --keep-going            after a failure\n"
        "  -c, --task TASK             this one\n"
        "  -D, --define NAME=VALUE     a setting\n"
        "      --limit SIZE            at most\n");
}

TEST_CASE("cli: no two commands share a name, and no two options of one a name or a letter",
          "[cli]") {
  std::set<std::string> commands;
  for (const auto& command : all_commands()) {
    INFO(command.usage.command);
    CHECK(commands.insert(command.usage.command).second);
    std::set<std::string> names{"quiet", "verbose", "help"};
    std::set<char> letters{'q', 'v', 'h'};
    for (const auto& option : command.usage.options) {
      INFO(option.name);
      CHECK(names.insert(option.name).second);
      if (option.letter != 0) CHECK(letters.insert(option.letter).second);
    }
  }
}

TEST_CASE("cli: a command without what it needs says so, as the input's fault", "[cli]") {
  Screen screen(Detail::Quiet);
  for (auto& command : all_commands()) {
    std::string name = command.usage.command;
    bool needs = name == "build" || name == "clean" || name == "graph" || name == "query" ||
                 name == "getvar" || name == "run" || name == "cache";
    if (!needs) continue;
    INFO(name);
    auto status = command.run({}, screen);
    REQUIRE_FALSE(status.has_value());
    CHECK(status.error().blame == Blame::Input);
    CHECK(status.error().message.starts_with("hitz " + name + " needs "));
  }
}
