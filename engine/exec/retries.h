// SPDX-License-Identifier: Apache-2.0
#pragma once
// Retries: tasks that the machine or the network let down run again after a while, each time twice
// as long; whatever fails of itself fails at once.

#include <chrono>
#include <map>
#include <memory>
#include <vector>

#include "engine/exec/runner.h"

namespace hitz::exec {

struct RetryPolicy {
  int retries = 2;               // HITZ_RETRIES: after the first failure
  std::int64_t delay_ms = 1000;  // HITZ_RETRY_DELAY: before the first of them
  std::int64_t longest_ms = 60000;
};

class Retries {
 public:
  /// still: whether tasks may be started again (not when the user asks to stop).
  Retries(std::unique_ptr<Runner> runner, RetryPolicy policy, event::EventSink& events,
          std::function<bool()> still);
  Result<void> start(Job job);
  /// Tasks that have ended for good; waits up to a time for the first.
  std::vector<Finished> wait(int timeout_ms);
  void kill_all();
  /// Those that run, and those that wait to run again.
  std::size_t running() const { return runner_->running() + waiting_.size(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Tried {
    Job job;
    int retries = 0;
  };
  struct Waiting {
    Clock::time_point due;
    Finished failed;
  };
  bool try_later(const Finished& failed);
  void start_due(std::vector<Finished>& out);

  std::unique_ptr<Runner> runner_;
  RetryPolicy policy_;
  event::EventSink& events_;
  std::function<bool()> still_;
  std::map<std::uint32_t, Tried> tried_;  // by Job::number
  std::vector<Waiting> waiting_;
};

}  // namespace hitz::exec
