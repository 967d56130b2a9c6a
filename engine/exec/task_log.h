// SPDX-License-Identifier: Apache-2.0
#pragma once
// The log of a task: a file of its own, a link by the task's plain name, a line in log.task_order.

#include <string>

#include "engine/base/result.h"
#include "engine/data/store.h"

namespace hitz::exec {

class TaskLog {
 public:
  TaskLog() = default;
  TaskLog(const TaskLog&) = delete;
  TaskLog& operator=(const TaskLog&) = delete;
  ~TaskLog() { close(); }

  /// From now on this process writes into the log, and reads nothing. Errors: Input, T is not set.
  Result<void> open(const std::string& task, data::Store& d);
  /// What this process read and wrote before; a log with nothing in it is removed.
  void close();
  bool is_open() const { return before_[1] >= 0; }
  const std::string& path() const { return path_; }  // "" before it is opened
  /// A line as Python's logging writes it, "WARNING: text"; nothing when it is not open.
  void write(int level, const std::string& text) const;

 private:
  Result<void> redirect();

  std::string path_, link_;
  int before_[3] = {-1, -1, -1};
};

}  // namespace hitz::exec
