// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands: a table of what hitz can do; each is its usage and a function.

#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/options.h"
#include "engine/report/screen.h"

namespace hitz::cli {

using report::Detail;
using report::Screen;
using report::Verbosity;

struct Command {
  Usage usage;
  /// The exit status; an Error's is decided by its blame.
  std::function<Result<int>(const Given& given, Screen& screen)> run;
  /// Commands of its own, one of which is to be named, instead of a function.
  std::vector<Command> parts;
};

Command build_command();
Command clean_command();
Command parse_command();
Command env_command();
Command getvar_command();
Command dump_command();
Command python_command();
Command graph_command();
Command query_command();
Command cache_command();
Command run_command();
Command layers_command();
Command new_command();
Command signatures_command();
Command scripts_command();
Command diffsigs_command();
Command dumpsig_command();
Command doctor_command();

std::vector<Command> all_commands();

}  // namespace hitz::cli
