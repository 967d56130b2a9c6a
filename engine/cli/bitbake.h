// SPDX-License-Identifier: Apache-2.0
#pragma once
// The names of BitBake's programs: hitz invoked as one of them takes its command line.

#include <string>
#include <vector>

#include "engine/cli/command.h"

namespace hitz::cli {

/// BitBake's options.
Usage bitbake_usage();

/// 'bitbake WORDS...'; the exit status.
int bitbake(const std::vector<std::string>& words);

/// What a program of some name does: "bitbake-getvar" is "hitz getvar" and so on, any other name is
/// hitz itself. The exit status.
int dispatch_as(const std::string& program, std::vector<std::string> words);

}  // namespace hitz::cli
