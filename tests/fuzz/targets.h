// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is fed with spoilt texts. Each target takes one text as it is written to a file, so that a
// text that did harm can be given again.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/fuzz/mutator.h"

namespace hitz::fuzz {

struct Target {
  std::string name;
  std::function<std::string(Mutator&)> make;
  std::function<void(const std::string&)> feed;  // ends the process when a promise is broken
};

/// parser, shell, query, record, expansion, recipes; those that run Python come last.
std::vector<Target> all_targets();

}  // namespace hitz::fuzz
