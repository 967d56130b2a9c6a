// SPDX-License-Identifier: Apache-2.0
#pragma once
// Worker: the process that starts tasks. It is forked when the configuration stands and before
// recipes are known, so it is small, which its own forks profit from; it makes the datastores of
// the recipes whose tasks it is told to run, while the process that plans sees to the rest.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/house.h"
#include "engine/cli/task_server.h"
#include "engine/cli/task_signature_file.h"
#include "engine/signature/signature.h"

namespace hitz::cli {

/// What all tasks of a build have in common.
struct WorkFacts {
  std::vector<std::pair<std::string, std::string>> settings;  // variables that every task has
  SignatureRules rules;
  std::string generator;  // what bb.parse.siggen knows of all tasks; "" for nothing
};

/// What a worker is told of one task besides its hashes.
struct WorkOrder {
  std::string task;          // do_x, or do_x_setscene
  std::string name;          // "virtual:native:/path.bb:do_x"
  std::string dependencies;  // BB_TASKDEPDATA
  signature::TaskSignature signature;
  bool has_signature_file = false;
};

class Worker {
 public:
  /// The house is configured and has no recipes yet. The worker ends when this process does.
  /// Errors: Environment.
  static Result<std::shared_ptr<Worker>> start(House& house);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Ends it; nothing runs there any more.
  ~Worker();

  /// Before the first task, and whenever hashes have changed. The lock stays taken for as long as
  /// the worker or one of its tasks lives.
  Result<void> begin(const WorkFacts& facts, int lock) const;
  /// Has a task run there; messages is where the task's process writes to, as a runner's.
  Result<void> run(TaskId id, QueueFacts::Variant variant, const exec::Job& job,
                   const WorkOrder& order, int messages) const;

 private:
  Worker(int pid, int socket) : pid_(pid), socket_(socket) {}
  int pid_;
  int socket_;
};

}  // namespace hitz::cli
