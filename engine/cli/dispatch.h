// SPDX-License-Identifier: Apache-2.0
#pragma once
// A command line to the command that it names, and an exit status.

#include <string>
#include <vector>

#include "engine/cli/command.h"

namespace hitz::cli {

/// What 'hitz --help' prints; for a command with parts, what its own prints.
std::string overview(const std::vector<Command>& commands);
std::string overview_of_parts(const Command& command);

/// Every command takes these.
void add_common_options(Usage& usage);

/// 1 for the input's fault, 2 for the machine's, 3 for hitz's own.
int status_of(const Error& error);

/// Runs a command line, without the program's name; the exit status.
int dispatch(const std::vector<std::string>& words);

}  // namespace hitz::cli
