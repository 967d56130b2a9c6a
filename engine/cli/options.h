// SPDX-License-Identifier: Apache-2.0
#pragma once
// Command lines: what a command takes, and what was given.

#include <map>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace hitz::cli {

/// One option; value is the name of what it takes, "" for a switch.
struct Option {
  std::string name;  // "keep-going"
  char letter = 0;   // 'k'
  std::string value;
  std::string help;
  bool last = false;  // what follows its value is passed on as it stands, where Usage says so
};

/// Whether options may follow the first argument, or all that follows is passed on as it stands, or
/// everything is.
enum class Rest { Options, Verbatim, Everything };

struct Usage {
  std::string command;    // "build"
  std::string arguments;  // "TARGET..."
  std::string summary;    // one line
  std::string details;    // paragraphs and examples
  std::vector<Option> options;
  Rest rest = Rest::Options;
  std::string program = "hitz";  // whose command it is; "" of a program of its own
  std::string called() const { return program.empty() ? command : program + " " + command; }
};

/// What was given: options by name, and the rest in order.
struct Given {
  std::map<std::string, std::vector<std::string>> options;
  std::vector<std::string> arguments;
  bool has(const std::string& name) const { return options.contains(name); }
  std::string last(const std::string& name, const std::string& otherwise = "") const;
};

/// Options may stand between arguments; "--" ends them. Errors: Input, with the near miss.
Result<Given> parse_options(const Usage& usage, const std::vector<std::string>& words);
std::string help_text(const Usage& usage);

}  // namespace hitz::cli
