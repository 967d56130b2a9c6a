// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/dispatch.h"
#include "engine/cli/options.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/command_here.h"

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

TEST_CASE("cli: hitz layers tells of layers, and changes them, as the corpus says", "[cli]") {
  testing::check_corpus("cli/layers.txt", testing::told_by_hitz);
}

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

TEST_CASE("cli: what follows a program that is run is its own", "[cli]") {
  Usage usage = toy();
  usage.rest = Rest::Verbatim;
  usage.options[2].last = true;  // --task
  auto of = [&](const std::vector<std::string>& words) {
    return need(parse_options(usage, words));
  };
  using Words = std::vector<std::string>;
  CHECK(of({"file", "--force", "-c", "x"}).arguments == Words{"file", "--force", "-c", "x"});
  CHECK(of({"-c", "text", "--force", "--"}).arguments == Words{"--force", "--"});
  CHECK(of({"--task=text", "-k"}).arguments == Words{"-k"});
  CHECK(of({"-ctext", "-k"}).last("task") == "text");
  CHECK(of({"--limit", "3", "-f", "-c", "text", "-k"}).arguments == Words{"-k"});
  auto before = of({"-f", "file", "-f"});
  CHECK(before.has("force"));
  CHECK(before.arguments == Words{"file", "-f"});
}

TEST_CASE("cli: a letter that a command uses itself is not taken by what all commands have",
          "[cli]") {
  Usage usage = {"toy", "", "", "", {{"version", 'v', "N", "which"}}};
  add_common_options(usage);
  auto given = need(parse_options(usage, {"-v", "3", "--verbose"}));
  CHECK(given.last("version") == "3");
  CHECK(given.has("verbose"));
}

TEST_CASE("cli: the blame of an error decides the exit status", "[cli]") {
  CHECK(status_of({Blame::Input, "", {}, Kind::Plain}) == 1);
  CHECK(status_of({Blame::Environment, "", {}, Kind::Plain}) == 2);
  CHECK(status_of({Blame::Internal, "", {}, Kind::Plain}) == 3);
}

TEST_CASE("cli: the overview names every command, and that of a command its parts", "[cli]") {
  std::string all = overview(all_commands());
  for (const auto& command : all_commands()) {
    CHECK(all.find("\n  " + command.usage.command + " ") != std::string::npos);
    CHECK_FALSE(command.usage.summary.empty());
    CHECK(bool(command.run) == command.parts.empty());
    for (const auto& part : command.parts) {
      INFO(part.usage.command);
      REQUIRE(part.usage.command.starts_with(command.usage.command + " "));
      std::string name = part.usage.command.substr(command.usage.command.size() + 1);
      CHECK(overview_of_parts(command).find("\n  " + name + " ") != std::string::npos);
    }
  }
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
