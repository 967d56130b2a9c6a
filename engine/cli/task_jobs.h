// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the process of a task is told, from what is known of the whole build.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/house.h"
#include "engine/cli/queue_facts.h"
#include "engine/cli/task_signature_file.h"
#include "engine/exec/runner.h"
#include "engine/schedule/schedule.h"

namespace hitz::cli {

/// What the scripts of a task hold, without running it: a JSON object with the task's name, hashes,
/// environment, and the text of each of its functions' scripts.
Result<std::string> scripts_of(const exec::Job& job, exec::Functions& functions,
                               python::Interpreter& python);

/// What BB_TASKDEPDATA is made of.
struct DependencyView {
  const graph::TaskGraph& graph;
  std::function<const recipe::Recipe&(TaskId)> recipe;
  std::function<const signature::TaskSignature&(TaskId)> signature;
  std::function<const std::vector<TaskId>&(TaskId)> needs;
};
/// BB_TASKDEPDATA as bb.build takes it: a record for every task of the same multiconfig that is
/// behind one, and for itself.
std::string dependency_data(TaskId from, const DependencyView& view);

class FakerootAgent;
struct WorkOrder;

class TaskJobs {
 public:
  /// Tells bb.parse.siggen all that tasks may ask it. settings: variables that every task has. The
  /// house and the facts must outlive it.
  static Result<TaskJobs> of(House& house, const QueueFacts& facts,
                             std::vector<std::pair<std::string, std::string>> settings);

  using Variant = QueueFacts::Variant;
  /// A task as it is to be run; its recipe's datastore is made here, for all of the recipe's tasks.
  Result<exec::Job> job(TaskId id, Variant variant) const;
  /// A task that is to be run by the house's worker where there is one, or under FAKEROOTCMD.
  Result<exec::Job> order(TaskId id, Variant variant, schedule::Haste haste) const;
  /// Tells the worker what all tasks have in common; before the first order. It keeps a lock.
  Result<void> tell_worker(int lock) const;

 private:
  TaskJobs(House& house, const QueueFacts& facts) : house_(house), facts_(facts) {}
  const std::vector<TaskId>& needs(TaskId id, Variant variant) const;
  std::string dependency_data(TaskId from, Variant variant) const;
  Result<exec::Job> outline(TaskId id, Variant variant) const;
  WorkOrder work_order(TaskId id, Variant variant) const;
  Result<void> run_under_fakeroot(TaskId id, Variant variant, const exec::Job& job,
                                  int messages) const;

  House& house_;
  const QueueFacts& facts_;
  std::vector<std::pair<std::string, std::string>> settings_;
  SignatureRules rules_;
  std::string marks_;                             // the folder for them
  mutable std::shared_ptr<FakerootAgent> agent_;  // null until a task needs it
  std::vector<bool> signed_;                      // by task: whether it has a signature file
};

}  // namespace hitz::cli
