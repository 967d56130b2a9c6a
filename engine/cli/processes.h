// SPDX-License-Identifier: Apache-2.0
#pragma once
// What everything that runs tasks shares: a lock on the build, a runner, and Ctrl-C.

#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/house.h"
#include "engine/exec/retries.h"

namespace hitz::cli {

/// One build at a time in one TMPDIR; whoever holds it writes its process id there.
class BuildLock {
 public:
  BuildLock() = default;
  BuildLock(const BuildLock&) = delete;
  BuildLock& operator=(const BuildLock&) = delete;
  ~BuildLock();
  /// Errors: Input, another process holds it.
  Result<void> take(const std::string& folder);
  /// Who has it open holds the lock too.
  int descriptor() const { return fd_; }

 private:
  int fd_ = -1;
  int tries_ = 0;
};

/// The words that this process was started with, or the settings of its environment then.
enum class Started { CommandLine, Environment };
std::vector<std::string> started_with(Started what);

/// The house's Python for the processes of tasks. The house must outlive it.
exec::ProcessHooks task_hooks(House& house);
/// Processes that are forked from this one, with the house's Python. The house must outlive it.
Result<std::unique_ptr<exec::Retries>> make_runner(House& house);

/// How much of a failed task's log is to be shown.
void tell_of_logs(data::Store& config, event::BuildStarted& started);

/// The folder for the marks of tasks that run (engine/exec/interrupted.h).
std::string marks_folder(const std::string& tmpdir);
/// Recipes whose tasks were cut off start again; says so.
Result<void> recover_work(House& house, const std::string& tmpdir);

/// Whether a task may use the network: its flag of that name. Errors: Input, the flag is no truth
/// value.
Result<bool> uses_network(const recipe::Task& task);

/// From now on Ctrl-C is counted, and ends nothing by itself.
void watch_interrupts();
int interrupts();

/// BB_NUMBER_THREADS, or as many as there are processors. Errors: Input, it is no number above 0.
Result<int> parallel_tasks(data::Store& config);

}  // namespace hitz::cli
