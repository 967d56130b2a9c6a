// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tasks that run in processes of another process than the one that plans: what goes between the
// two, and the other's work.

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/queue_facts.h"
#include "engine/exec/runner.h"

namespace hitz::cli {

/// A task that another process is to run: its hashes may have changed since that process began.
struct TaskRequest {
  TaskId id;
  QueueFacts::Variant variant = QueueFacts::Variant::Task;
  std::string hash, unihash, stamp;
  std::vector<std::pair<std::string, std::string>> settings;
  std::string details;  // what the asker added
  int messages = -1;    // where the task's process writes to, as a runner's
};

/// The two ends of a socket of packets.
struct TaskSocket {
  int ours = -1, theirs = -1;
  static Result<TaskSocket> open();
};

/// Asks whoever serves the socket's other end for a task. Errors: Environment, it is gone.
Result<void> request_task(int socket, TaskId id, QueueFacts::Variant variant, const exec::Job& job,
                          int messages, const std::string& details = {});
/// Tells it something of all tasks, with a descriptor that stays open there.
Result<void> tell_server(int socket, const std::string& details, int descriptor);

/// Starts the tasks that come through a socket, and tells their ends.
class TaskServer {
 public:
  /// Starts a process for a task; its id.
  using Start = std::function<Result<int>(const TaskRequest&)>;
  /// Hears of the end of such a process: whether it ended by itself and nothing of its group runs
  /// on.
  using Ended = std::function<void(int pid, bool alone)>;
  using Told = std::function<void(const std::string& details, int descriptor)>;
  TaskServer(int socket, Start start, Told told = {}, Ended ended = {})
      : socket_(socket),
        start_(std::move(start)),
        told_(std::move(told)),
        ended_(std::move(ended)) {}
  /// Until the socket's other end is closed.
  Result<void> run();

 private:
  struct Running {
    int pid;
    int messages;
  };
  void begin(const TaskRequest& request);
  void finish(int process);

  int socket_;
  Start start_;
  Told told_;
  Ended ended_;
  std::map<int, Running> running_;  // by the descriptor of the process
};

/// A line of the log as a task's process would tell it.
void tell_line(int messages, int level, const std::string& text);

}  // namespace hitz::cli
