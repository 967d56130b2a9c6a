// SPDX-License-Identifier: Apache-2.0
#pragma once
// Disk monitor: what is done when a disk that the build uses runs full (facts T29).

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/event/event.h"

namespace hitz::schedule {

enum class DiskAction { Warn, StopTasks, Halt };

struct DiskRule {
  DiskAction action = DiskAction::Warn;
  std::string path;
  std::optional<std::int64_t> space;   // least bytes
  std::optional<std::int64_t> inodes;  // least number
};

struct DiskRules {
  std::vector<DiskRule> rules;
  std::int64_t space_step = 50LL << 20;  // what must be gone before it is told again
  std::int64_t inode_step = 5LL << 10;
};

/// BB_DISKMON_DIRS ("STOPTASKS,/tmp,1G,100K HALT,...") and BB_DISKMON_WARNINTERVAL ("50M,5K"); ""
/// for one that is not set. Errors: Input.
Result<DiskRules> disk_rules(const std::string& dirs, const std::string& interval);

struct DiskFree {
  std::int64_t space = 0;
  std::optional<std::int64_t> inodes;  // none where the file system has no fixed number
};

class DiskMonitor {
 public:
  /// look: what is free at a path; none where nobody can tell.
  using Look = std::function<std::optional<DiskFree>(const std::string& path)>;
  explicit DiskMonitor(DiskRules rules, Look look);

  struct Found {
    std::vector<event::Log> lines;
    DiskAction action = DiskAction::Warn;  // the severest
  };
  Found check();

 private:
  struct State {
    std::int64_t told_space = 0, told_inodes = 0;  // free when it was told last; 0: never
    bool acted = false;
  };
  void low(std::size_t index, const std::string& what, bool far_enough, Found& found);

  DiskRules rules_;
  Look look_;
  std::vector<State> states_;
};

/// What the system tells of a path.
std::optional<DiskFree> disk_free(const std::string& path);

}  // namespace hitz::schedule
