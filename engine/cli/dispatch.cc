// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/dispatch.h"

#include <algorithm>
#include <cstdio>

#include "engine/base/text.h"

namespace hitz::cli {

namespace {

constexpr const char* kVersion = "0.1.0";

using Words = std::vector<std::string>;

Detail detail_of(const Given& given) {
  if (given.has("quiet")) return Detail::Quiet;
  return given.has("verbose") ? Detail::Verbose : Detail::Normal;
}

// "show-layers" of "layers show-layers".
std::string own_name(const Command& command) {
  const std::string& name = command.usage.command;
  return name.substr(name.rfind(' ') + 1);
}

std::string table(const std::vector<Command>& commands, std::size_t width) {
  std::string out;
  for (const auto& command : commands) {
    std::string name = own_name(command);
    name.resize(std::max(width, name.size() + 1), ' ');
    out += "  " + name + command.usage.summary + "\n";
  }
  return out;
}

bool asks_for_help(const std::string& word) {
  return word == "--help" || word == "-h" || word == "help";
}

const Command* find(const std::vector<Command>& commands, const std::string& name) {
  auto found = std::find_if(commands.begin(), commands.end(),
                            [&](const Command& command) { return own_name(command) == name; });
  return found != commands.end() ? &*found : nullptr;
}

int unknown(const std::string& program, const std::vector<Command>& commands,
            const std::string& name) {
  Words names;
  for (const auto& command : commands) names.push_back(own_name(command));
  std::fprintf(stderr, "ERROR: %s has no command '%s'%s; '%s --help' lists them\n", program.c_str(),
               name.c_str(), suggestion(name, names).c_str(), program.c_str());
  return 1;
}

int run(const Command& command, const Words& rest) {
  Usage usage = command.usage;
  add_common_options(usage);
  auto given = parse_options(usage, rest);
  if (given && given->has("help")) {
    std::fputs(help_text(usage).c_str(), stdout);
    return 0;
  }
  Screen screen(given ? detail_of(*given) : Detail::Normal);
  auto status = given ? command.run(*given, screen) : Result<int>(fail(given.error()));
  if (status) return *status == 0 && screen.errors() > 0 ? 1 : *status;
  if (std::string text = status.error().text(); !text.empty())
    event::log(screen, event::Level::Error, text);
  return status_of(status.error());
}

// Options may stand before the part's name, as bitbake-layers has them.
int run_part(const Command& command, Words rest) {
  auto name = std::find_if(rest.begin(), rest.end(),
                           [](const std::string& word) { return !word.starts_with('-'); });
  if (rest.empty() || asks_for_help(rest[0]) || name == rest.end()) {
    std::fputs(overview_of_parts(command).c_str(), stdout);
    return rest.empty() || asks_for_help(rest[0]) ? 0 : 1;
  }
  const Command* part = find(command.parts, *name);
  if (part == nullptr) return unknown("hitz " + command.usage.command, command.parts, *name);
  rest.erase(name);
  return run(*part, rest);
}

}  // namespace

std::string overview(const std::vector<Command>& commands) {
  return "hitz builds from Yocto and OpenEmbedded layers: BitBake's metadata, parsed and run fast, "
         "every task cached by content.\n\n"
         "usage: hitz COMMAND [options] [arguments]\n\ncommands:\n" +
         table(commands, 10) +
         "\n'hitz COMMAND --help' tells more. Exit status: 0 done, 1 something in the input is "
         "wrong or a task failed,\n"
         "2 the machine lacks something, 3 a fault of hitz itself, 130 interrupted.\n";
}

std::string overview_of_parts(const Command& command) {
  const std::string& name = command.usage.command;
  return "hitz " + name + " COMMAND [options] [arguments]\n\n  " + command.usage.summary +
         "\n\ncommands:\n" + table(command.parts, 20) + "\n'hitz " + name +
         " COMMAND --help' tells more.\n";
}

void add_common_options(Usage& usage) {
  for (Option option :
       {Option{"quiet", 'q', "", "only warnings and errors"},
        Option{"verbose", 'v', "", "more lines"}, Option{"help", 'h', "", "this text"}}) {
    for (const auto& own : usage.options) {
      if (own.letter == option.letter) option.letter = 0;  // a letter that BitBake's tool uses
    }
    usage.options.push_back(option);
  }
}

int status_of(const Error& error) {
  switch (error.blame) {
    case Blame::Input: return 1;
    case Blame::Environment: return 2;
    default: return 3;
  }
}

int dispatch(const Words& words) {
  auto commands = all_commands();
  if (words.empty() || asks_for_help(words[0])) {
    if (words.size() < 2) {
      std::fputs(overview(commands).c_str(), stdout);
      return 0;
    }
    Words turned(words.begin() + 1, words.end());  // hitz help build
    turned.emplace_back("--help");
    return dispatch(turned);
  }
  if (words[0] == "--version") {
    std::printf("hitz %s (BitBake 2.18 and 2.8 metadata)\n", kVersion);
    return 0;
  }
  const Command* command = find(commands, words[0]);
  if (command == nullptr) return unknown("hitz", commands, words[0]);
  Words rest(words.begin() + 1, words.end());
  return command->parts.empty() ? run(*command, rest) : run_part(*command, std::move(rest));
}

}  // namespace hitz::cli
