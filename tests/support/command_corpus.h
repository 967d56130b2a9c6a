// SPDX-License-Identifier: Apache-2.0
#pragma once
// Corpora of toy worlds and commands. A file is
//
//   text that every case's world starts with
//   ==== a sentence that can be false
//   more of the world
//   $ command
//   ----
//   what it answers
//   ==== the next one
//
// With HITZ_ACCEPT=1 in the environment the answers are rewritten, and the diff is to be read.

#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace hitz::testing {

/// Answers a command in a world, both as text.
using Answer = std::function<std::string(const std::string& world, const std::string& command)>;

/// An answer as hitz's exit status and what it says, then the lines that were told meanwhile.
std::string with_status(const Result<std::string>& result,
                        const std::vector<std::string>& lines = {});

/// Checks every case of a corpus; file is relative to tests/corpus.
void check_corpus(const std::string& file, const Answer& answer);

}  // namespace hitz::testing
