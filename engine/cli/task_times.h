// SPDX-License-Identifier: Apache-2.0
#pragma once
// How long tasks took when they ran last, kept under the build directory: for the order in which
// tasks run, and for what is left of a build.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/base/sqlite.h"

namespace hitz::cli {

class TaskTimes {
 public:
  Result<void> open(const std::string& topdir);
  /// Milliseconds; none when the task has not been seen to run.
  std::optional<std::int64_t> of(const std::string& pn, const std::string& task) const;
  /// A task has run. What cannot be written is not kept.
  void note(const std::string& pn, const std::string& task, std::int64_t ms);

 private:
  std::optional<Database> database_;
  std::map<std::string, std::int64_t> known_;  // "pn:task"
};

}  // namespace hitz::cli
