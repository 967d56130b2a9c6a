// SPDX-License-Identifier: Apache-2.0
#pragma once
// What metadata's handlers are told of a whole build, in this process, as BitBake's server tells
// it.

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/house.h"

namespace hitz::cli {

/// How far a queue of tasks is (BitBake's RunQueueStats).
struct QueueCounts {
  int total = 0, completed = 0, skipped = 0, failed = 0, active = 0;
  int setscene_total = 0, setscene_active = 0, setscene_covered = 0, setscene_notcovered = 0;
};

/// One task of the queue.
struct QueuedTask {
  std::string name;  // "virtual:native:/path.bb:do_compile"
  std::string hash;
  bool noexec = false;
  int status = 0;      // of one that failed
  std::string reason;  // of one that is skipped: "existing" or "covered"
};

class BuildEvents {
 public:
  /// Sets BUILDNAME, DATE, TIME and BUILDSTART in every configuration. The house must outlive it.
  static Result<BuildEvents> open(House& house);
  /// BUILDNAME, DATE and TIME, for tasks.
  const std::vector<std::pair<std::string, std::string>>& settings() const { return settings_; }

  /// Checks the configuration's sanity, and tells which stamps there are. Errors: it is not sane.
  Result<void> parsed();
  /// targets: "name:do_task", as they were asked for.
  Result<void> started(const std::vector<std::string>& targets);
  /// Setscene tasks by name, with stamps of theirs that are out of date.
  Result<void> stale(const std::map<std::string, std::vector<std::string>>& stamps);
  /// kind: a class of bb.runqueue about one task (runQueueTaskStarted, sceneQueueTaskFailed …).
  Result<void> task(const std::string& kind, const QueuedTask& task, const QueueCounts& counts);
  /// All that can be restored has been.
  Result<void> restored(const QueueCounts& counts);
  /// Once in BB_HEARTBEAT_EVENT seconds (1); may be called as often as one likes.
  Result<void> heartbeat();
  Result<void> completed(int tasks, int failures, int interrupted);

 private:
  explicit BuildEvents(House& house) : house_(house) {}
  Result<void> call(const std::string& function, const std::vector<std::string>& texts) const;
  Result<bool> wanted(const std::string& kind);
  Result<void> for_all(const std::string& function, const std::vector<std::string>& texts) const;

  House& house_;
  std::vector<std::pair<std::string, std::string>> settings_;
  std::map<std::string, bool> wanted_;  // by class of event: whether anybody listens
  std::vector<std::string> targets_;
  std::chrono::steady_clock::time_point next_beat_;
  std::chrono::milliseconds pause_{1000};
};

}  // namespace hitz::cli
