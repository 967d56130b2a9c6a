// SPDX-License-Identifier: Apache-2.0
#pragma once
// hitz's commands, run in a small world as a person runs them.

#include <string>

namespace hitz::testing {

/// Runs commands, "&&" between them, in the build directory of a world with a core layer that does
/// next to nothing, in a process of their own. The exit status and all that is told, without what
/// is other in each run: an Answer of a corpus.
std::string told_by_hitz(const std::string& world, const std::string& commands);

}  // namespace hitz::testing
