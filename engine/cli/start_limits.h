// SPDX-License-Identifier: Apache-2.0
#pragma once
// StartLimits: what holds tasks back that could start: the flag number_threads, a busy machine, a
// full disk.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/cli/house.h"
#include "engine/schedule/disk_monitor.h"
#include "engine/schedule/pressure.h"

namespace hitz::cli {

class StartLimits {
 public:
  /// Of the configuration. The house must outlive it. Errors: Input, a value that is none.
  static Result<std::unique_ptr<StartLimits>> of(House& house);

  /// Asked while other tasks run.
  bool may_start(const std::string& task);
  void started(const std::string& task) { ++running_[task]; }
  void ended(const std::string& task) { --running_[task]; }

  /// Looks at the disks, once a second at most, and tells what is wrong with them.
  void watch();
  /// Of full disks: 0 go on, 1 finish what runs, 2 stop at once.
  int stop() const { return stop_; }

 private:
  using Clock = std::chrono::steady_clock;
  explicit StartLimits(House& house) : house_(house) {}
  int most(const std::string& task);

  House& house_;
  std::map<std::string, int> running_;  // by task name
  std::map<std::string, int> most_;     // number_threads; 0: none
  std::optional<schedule::Pressure> pressure_;
  std::string pressed_;  // what the machine was too busy with when asked last
  std::optional<schedule::DiskMonitor> disks_;
  Clock::time_point looked_;
  int stop_ = 0;
};

}  // namespace hitz::cli
