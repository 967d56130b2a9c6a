// SPDX-License-Identifier: Apache-2.0
#pragma once
// Board: what runs, for how long and how far, and what is left, as lines for the foot of a
// terminal. It knows no clock and no terminal.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/event/event.h"

namespace hitz::report {

class Board {
 public:
  void start(const event::BuildStarted& build);
  void start_task(const std::string& label, std::int64_t now_ms);
  void progress(const event::TaskProgress& progress);
  void end_task(const std::string& label);

  bool empty() const { return running_.empty(); }
  /// At most so many lines, none longer than the width. Ages are taken from now.
  std::vector<std::string> lines(std::int64_t now_ms, std::size_t width, std::size_t most) const;
  /// Milliseconds until the build ends, judged by how long its tasks took before; -1: unknown.
  std::int64_t left_ms(std::int64_t now_ms) const;

 private:
  struct Running {
    std::int64_t since_ms = 0;
    int percent = -1;
    std::string rate;
  };
  std::string head(std::int64_t now_ms) const;
  std::string line(const std::string& label, const Running& task, std::int64_t now_ms) const;

  std::map<std::string, Running> running_;           // by label
  std::map<std::string, std::int64_t> expected_ms_;  // of tasks that have not ended
  std::int64_t open_ms_ = 0;                         // their sum
  int tasks_ = 0, done_ = 0, parallel_ = 1;
};

/// "12s", "3m05s", "1h02m".
std::string duration_text(std::int64_t ms);

}  // namespace hitz::report
