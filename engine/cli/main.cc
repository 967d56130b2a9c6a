// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <clocale>
#include <cstdio>

#include "engine/base/text.h"
#include "engine/cli/command.h"

namespace hitz::cli {

namespace {

constexpr const char* kVersion = "0.1.0";

Detail detail_of(const Given& given) {
  if (given.has("quiet")) return Detail::Quiet;
  return given.has("verbose") ? Detail::Verbose : Detail::Normal;
}

std::string overview(const std::vector<Command>& commands) {
  std::string out =
      "hitz builds from Yocto and OpenEmbedded layers: BitBake's metadata, parsed and run fast, "
      "every task cached by content.\n\n"
      "usage: hitz COMMAND [options] [arguments]\n\ncommands:\n";
  for (const auto& command : commands) {
    out += "  " + command.usage.command +
           std::string(command.usage.command.size() < 10 ? 10 - command.usage.command.size() : 1,
                       ' ') +
           command.usage.summary + "\n";
  }
  return out +
         "\n'hitz COMMAND --help' tells more. Exit status: 0 done, 1 something in the input is "
         "wrong or a task failed,\n"
         "2 the machine lacks something, 3 a fault of hitz itself.\n";
}

int status_of(const Error& error) {
  switch (error.blame) {
    case Blame::Input: return 1;
    case Blame::Environment: return 2;
    default: return 3;
  }
}

void add_common(Usage& usage) {
  usage.options.push_back({"quiet", 'q', "", "only warnings and errors"});
  usage.options.push_back({"verbose", 'v', "", "more lines"});
  usage.options.push_back({"help", 'h', "", "this text"});
}

int run_command_line(const std::vector<std::string>& words) {
  auto commands = all_commands();
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    std::fputs(overview(commands).c_str(), stdout);
    return 0;
  }
  if (words[0] == "--version") {
    std::printf("hitz %s (BitBake 2.18 and 2.8 metadata)\n", kVersion);
    return 0;
  }
  std::vector<std::string> names;
  for (auto& command : commands) {
    names.push_back(command.usage.command);
    if (command.usage.command != words[0]) continue;
    add_common(command.usage);
    auto given =
        parse_options(command.usage, std::vector<std::string>(words.begin() + 1, words.end()));
    if (given && given->has("help")) {
      std::fputs(help_text(command.usage).c_str(), stdout);
      return 0;
    }
    Screen screen(given ? detail_of(*given) : Detail::Normal);
    auto status = given ? command.run(*given, screen) : Result<int>(fail(given.error()));
    if (status) return *status;
    if (std::string text = status.error().text(); !text.empty())
      event::log(screen, event::Level::Error, text);
    return status_of(status.error());
  }
  std::fprintf(stderr, "ERROR: hitz has no command '%s'%s; 'hitz --help' lists them\n",
               words[0].c_str(), suggestion(words[0], names).c_str());
  return 1;
}

}  // namespace

}  // namespace hitz::cli

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  int status = hitz::cli::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
  std::fflush(nullptr);
  // Python's objects live as long as the process: leaving at once spares taking them apart one by
  // one.
  ::_exit(status);
}
