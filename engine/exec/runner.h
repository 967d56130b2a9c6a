// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runner: one process per task, forked from this one with the recipe's finished datastore: nothing
// is parsed again.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/event/event.h"
#include "engine/exec/empty_networks.h"
#include "engine/exec/function.h"
#include "engine/recipe/recipe.h"

namespace hitz::exec {

struct ExportedAhead;  // task_data.h

/// Everything that one run of a task needs to know.
struct Job {
  std::uint32_t number = 0;  // the caller's name for it
  int parent = 0;            // the process that the task must not outlive; the runner fills it in
  const recipe::Recipe* recipe = nullptr;
  const recipe::Task* task = nullptr;
  std::string label;  // "busybox-1.35.0-r0 do_compile"
  std::string hash, unihash;
  std::string stamp;         // made on success; "" for none
  std::string marks;         // the folder for a mark while the task runs; "" for none
  bool network = false;      // it may use it, so the network may be why it fails
  bool hold_errors = false;  // they are not told, but handed over when the task ends
  bool quiet = false;        // that it fails is no error: its work can be done otherwise
  bool gives_way = false;    // others that run are more urgent
  std::vector<std::pair<std::string, std::string>> settings;  // variables of this run: BUILDNAME …
  std::shared_ptr<const ExportedAhead> exported{};            // null: nobody has looked
  std::optional<EmptyNetwork> empty_network{};  // for a task that may use none; it has it alone
  // In the child:
  std::function<Result<void>(data::Store&)> prepare;  // before anything runs: BB_TASKDEPDATA
  std::function<Result<void>()> keep;                 // after success: outputs into the cache
  std::function<Result<void>(const std::string& unihash)>
      stamped;  // after the stamp, with the hash that it carries: its signature file
  std::function<void()> finally;  // at the very end, however it went
  /// In the parent: starts the task in another process's child instead of one of this process;
  /// that writes "I" and the child's id first, and "X" and its status last.
  std::function<Result<void>(int messages)> elsewhere;
  /// In the parent, as it happens: "progress" ("50 1.2M/s"), "unihash" ("TASK HASH").
  std::function<void(const std::string& kind, const std::string& text)> told;
};

struct Finished {
  std::uint32_t number = 0;
  int status = 0;   // 0: success
  std::string why;  // of a failure
  std::string log;
  std::int64_t took_ms = 0;
  bool told = false;   // log lines have told why it failed
  bool shown = false;  // what went wrong has been told line by line: the log need not be shown
  std::vector<event::Log> errors;  // with Job::hold_errors
};

/// What lives above: Python's part in forking, and where metadata's log lines go.
struct ProcessHooks {
  using Tell = std::function<void(const std::string& kind, const std::string& text)>;
  std::function<void()> before_fork, after_fork_parent, after_fork_child;
  using Hears = std::function<bool(int level)>;  // whether a line of a level goes anywhere
  std::function<void(LogLine, Hears, Tell)> redirect;
  TaskPython python;
};

/// Forks a process that runs a job to its end; its id.
Result<int> start_process(Job job, data::PythonHost& python, Functions& functions,
                          const ProcessHooks& hooks, int messages);

class Runner {
 public:
  Runner(data::PythonHost& python, Functions& functions, event::EventSink& events,
         ProcessHooks hooks);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  Result<void> start(Job job);
  /// Tasks that have ended since; waits up to a time (-1: for ever) for the first.
  std::vector<Finished> wait(int timeout_ms);
  /// Ends everything that runs, process groups and all.
  void kill_all();
  std::size_t running() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "busybox-1.35.0-r0 do_compile", as tasks are called in what people see.
std::string task_label(const recipe::Recipe& recipe, const std::string& task);

/// The stamps whose paths begin with a prefix; what says how a hash came about (sigdata, taint) is
/// none.
std::vector<std::string> stamps_beginning(const std::string& prefix);
/// The stamps that a task and its setscene variant left, whatever their hashes.
std::vector<std::string> stamps_of(const recipe::Recipe& recipe, const std::string& task);
/// Removes a task's older stamps and makes the new one.
Result<void> make_stamp(const recipe::Recipe& recipe, const std::string& task,
                        const std::string& stamp);

}  // namespace hitz::exec
