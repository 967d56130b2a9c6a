// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tasks with the flag fakeroot: they run in processes of a second hitz, which FAKEROOTCMD (pseudo)
// has started, since a program comes under it only when it begins. The second hitz plans the same
// build, and then waits to be told which tasks to run.

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/cli/build.h"
#include "engine/cli/house.h"
#include "engine/cli/task_jobs.h"

namespace hitz::cli {

class FakerootAgent {
 public:
  /// Errors: Environment, FAKEROOTCMD cannot be started.
  static Result<std::unique_ptr<FakerootAgent>> start(House& house);
  FakerootAgent(const FakerootAgent&) = delete;
  FakerootAgent& operator=(const FakerootAgent&) = delete;
  /// Ends it.
  ~FakerootAgent();

  /// Has a task run there; messages is where the task's process writes to, as a runner's.
  Result<void> run(TaskId id, QueueFacts::Variant variant, const exec::Job& job, int messages);

 private:
  FakerootAgent(int pid, int socket) : pid_(pid), socket_(socket) {}
  int pid_;
  int socket_;
};

/// Whether this process is one.
bool is_fakeroot_agent();
/// Runs what it is told to, until the hitz that started it has no more.
Result<int> serve_fakeroot(House& house, const BuildOptions& options, graph::TaskGraph graph);

}  // namespace hitz::cli
