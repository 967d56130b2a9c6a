// SPDX-License-Identifier: Apache-2.0
// hitz diffsigs and hitz dumpsig: signature files compared or shown, with the options, the output
// and the exit status of bitbake-diffsigs and bitbake-dumpsig.

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "engine/cli/command.h"
#include "engine/cli/configured.h"

namespace hitz::cli {

namespace {

constexpr const char* kModule = "hitz.diffsigs";

Result<int> run(const std::string& name, const Given& given, Screen& screen) {
  auto house = TRY(House::open(screen));
  const std::string_view program = program_invocation_short_name;
  std::vector<std::string> words = {
      program.starts_with("bitbake-") ? std::string(program) : "hitz " + name, name};
  words.insert(words.end(), given.arguments.begin(), given.arguments.end());
  std::string needs = TRY(house->python->call(kModule, "prepare", nullptr, words));
  if (needs != "configuration" && needs != "files") return std::atoi(needs.c_str());
  data::Store* d = nullptr;
  if (needs == "configuration") {
    TRY_VOID(house->configure({}, false));
    d = house->configuration.store.get();
  }
  return std::atoi(TRY(house->python->call(kModule, "run", d, {})).c_str());
}

Command command(const std::string& name, const std::string& summary) {
  return {{name, "[options] [FILE...]", summary, "", {}, Rest::Everything},
          [name](const Given& given, Screen& screen) { return run(name, given, screen); },
          {}};
}

}  // namespace

Command diffsigs_command() {
  return command("diffsigs",
                 "tells what is different between two signature files, or runs of a task");
}

Command dumpsig_command() {
  return command("dumpsig", "shows what a signature file, or that of a task's last run, holds");
}

}  // namespace hitz::cli
