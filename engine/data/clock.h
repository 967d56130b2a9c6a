// SPDX-License-Identifier: Apache-2.0
#pragma once
// The clock: what says what time it is. Recipes that are kept do not count it, as in BitBake; a
// value that a person asks for does.

#include <algorithm>
#include <iterator>
#include <string_view>

#include "engine/data/names.h"
#include "engine/data/python_host.h"
#include "engine/data/store.h"

namespace hitz::data {

/// The variables that hold the time of a run. Names gives them the first numbers.
inline constexpr std::string_view kClockNames[] = {"DATE", "TIME"};
/// What Reads::answers say was asked, without an answer.
inline constexpr const char* kClockQuestion = "c";

inline bool is_clock(NameId name) {
  return name.value < std::size(kClockNames);
}
inline bool is_clock(std::string_view name) {
  return std::find(std::begin(kClockNames), std::end(kClockNames), name) != std::end(kClockNames);
}

/// Notes that the clock was asked, where something is noted.
inline void note_clock(PythonHost* python) {
  Reads* reads = python != nullptr ? python->watch(nullptr) : nullptr;
  if (reads == nullptr) return;
  python->watch(reads);
  reads->answers.try_emplace(kClockQuestion);
}

/// While it lives the clock may be asked, which is not noted: who asks is a variable of its own.
class ClockAllowed {
 public:
  explicit ClockAllowed(PythonHost& python) : python_(python), before_(python.watch(nullptr)) {
    if (before_ != nullptr) python_.watch(&reads_);
  }
  ClockAllowed(const ClockAllowed&) = delete;
  ClockAllowed& operator=(const ClockAllowed&) = delete;
  ~ClockAllowed() {
    if (before_ == nullptr) return;
    python_.watch(before_);
    reads_.answers.erase(kClockQuestion);
    before_->files.merge(reads_.files);
    before_->answers.merge(reads_.answers);
    before_->programs.merge(reads_.programs);
    before_->made.merge(reads_.made);
    before_->changed = before_->changed || reads_.changed;
    before_->unknown = before_->unknown || reads_.unknown;
  }

 private:
  PythonHost& python_;
  Reads* before_;
  Reads reads_;
};

}  // namespace hitz::data
