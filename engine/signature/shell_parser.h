// SPDX-License-Identifier: Apache-2.0
#pragma once
// The grammar of BitBake's shell parser: POSIX sh with its own narrow and wide places.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace hitz::signature {

struct ShellWord {
  enum class Role { Command, Argument, Value } role = Role::Argument;
  std::string text;
};

/// What a text runs, flat: for a scan it does not matter how commands are nested.
struct ShellProgram {
  std::vector<std::string> functions;            // defined by the text
  std::vector<std::vector<ShellWord>> commands;  // the words of each; also lists of for and case
};

/// Errors: everything that BitBake's grammar refuses.
Result<ShellProgram> parse_shell(std::string_view text);

}  // namespace hitz::signature
