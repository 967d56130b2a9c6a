// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which task is in which state, and which runs next.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/plan.h"
#include "engine/graph/task_graph.h"

namespace hitz::schedule {

using graph::TaskId;

/// What has to happen for a task before it starts.
enum class Need { Nothing, UpToDate, Restore, Run };

enum class TaskState { Idle, Waiting, Ready, Running, Done, Failed, Blocked };

/// Whether something that runs already is on a longer chain of work, so that a task had better not
/// take the processors from it.
enum class Haste { First, Behind };

struct Ended {
  TaskId task;
  bool success = true;
};

/// Everything outside: a fake stands in for processes and time in tests.
struct World {
  std::function<bool(TaskId)> up_to_date;  // by stamp, outputs there
  std::function<bool(TaskId)>
      restorable;  // its result is known; restoring needs nothing of what it depends on
  std::function<Result<void>(TaskId, Haste)>
      start;  // returns at once; the task's end is told by wait()
  std::function<std::vector<Ended>()>
      wait;  // blocks for the next end, or returns nothing when interrupted
  std::function<Result<bool>(TaskId)>
      restore;  // false: it cannot be restored after all and must run
  /// Null: none. A task that is held does not start in this run; it ends when nothing else can.
  std::function<bool(TaskId)> held;
  /// Null: each task's work is its own. Tasks with the same text (a recipe that two multiconfigs
  /// build alike) do the same work in the same place: it is done once, and never twice at a time.
  std::function<std::string(TaskId)> work;
  /// Null: always. A task that may not start now is asked about again when another has ended.
  std::function<bool(TaskId)> may_start;
  /// Null: none. Tasks that keep several processors busy by themselves: those that may run at once
  /// are mixed with others, which mostly keep less than one.
  std::function<bool(TaskId)> wide;
  std::function<int()> interrupts;  // how often the user has asked to stop
  std::function<void()> kill;       // ends all that runs; wait() tells nothing of it
};

struct Options {
  int parallel = 1;
  bool keep_going = false;
};

struct Summary {
  int ran = 0, restored = 0, up_to_date = 0, failed = 0, blocked = 0;
  bool interrupted = false;
  bool held = false;  // some tasks were not run because they were held
  bool success() const { return failed == 0 && blocked == 0 && !interrupted && !held; }
};

/// What each task needs, found from the targets: what is up to date or can be restored needs none
/// of its own needs.
IdVector<TaskId, Need> find_needs(const graph::TaskGraph& graph, const World& world);

/// Runs what is needed, the longest chain of work first.
Result<Summary> run(const graph::TaskGraph& graph, const IdVector<TaskId, double>& weight,
                    const World& world, const Options& options);

}  // namespace hitz::schedule
