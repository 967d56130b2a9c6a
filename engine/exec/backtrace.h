// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where in metadata a script failed: bash tells lines of the script, and the script says where each
// of its functions stands.

#include <string>

namespace hitz::exec {

/// What the prologue's handler wrote into the log behind a place, with lines of metadata for those
/// of the script: "" or "\nBacktrace (metadata-relative locations):\n\t#1: …".
std::string backtrace(const std::string& log, std::size_t from, const std::string& script,
                      const std::string& script_path);

}  // namespace hitz::exec
