// SPDX-License-Identifier: Apache-2.0
#pragma once
// What happened, as plain values, and the sink they are sent to.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hitz::event {

enum class Level { Debug, Verbose, Note, Plain, Warning, Error };

/// A line for a person; from hitz, from metadata (bb.note …) or from a task.
struct Log {
  Level level = Level::Note;
  std::string message;
  bool counts = true;  // in the number of warnings at the end
};
struct ParseProgress {
  int done = 0;
  int total = 0;
  bool initialising = false;  // all are parsed: what was left open of some is worked out
};
struct ParseFinished {
  int parsed = 0, cached = 0, skipped = 0, masked = 0, variants = 0, errors = 0;
};
struct BuildStarted {
  int tasks = 0;     // of the graph
  int parallel = 1;  // that run at a time
  /// How long tasks took before, of those that will run; by label.
  std::map<std::string, std::int64_t> expected_ms;
  bool include_logs = true;  // a failed task's log is shown (BBINCLUDELOGS)
  int log_lines = 0;         // its last lines alone (BBINCLUDELOGS_LINES); 0: all
};
struct TaskStarted {
  std::string label;   // "busybox-1.35.0-r0 do_compile"
  std::string recipe;  // PN
  std::string task;
  std::string log;  // path of the log file
  std::int64_t at_ms = 0;
};
/// Skipped: it failed, and what it was for is done otherwise.
enum class Ending { Succeeded, Failed, Restored, UpToDate, Skipped };
struct TaskEnded {
  std::string label;
  std::string recipe;
  std::string task;
  Ending ending = Ending::Succeeded;
  std::string log;
  std::string why;  // of a failure: "exit status 1"
  std::int64_t took_ms = 0;
  std::string name = {};   // "virtual:native:/path.bb:do_compile"
  int status = 0;          // its exit status
  bool explained = false;  // of a failure: what the log says of it has been told already
};
/// Without a label: time has passed, no more.
struct TaskProgress {
  std::string label;
  int percent = -1;  // -1: unknown
  std::string rate;  // "1.2M/s"
};
struct BuildFinished {
  int ran = 0, restored = 0, up_to_date = 0, failed = 0, not_run = 0;
  std::int64_t took_ms = 0;
};

using Event = std::variant<Log, ParseProgress, ParseFinished, BuildStarted, TaskStarted,
                           TaskProgress, TaskEnded, BuildFinished>;

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void send(const Event& event) = 0;
  /// false: lines of this level are not worth making, since nobody will see them.
  virtual bool wants(Level) const { return true; }
};

/// Sends everything on to another sink, which may be exchanged.
class Relay : public EventSink {
 public:
  explicit Relay(EventSink& target) : target_(&target) {}
  void send(const Event& event) override { target_->send(event); }
  bool wants(Level level) const override { return target_->wants(level); }
  void to(EventSink& target) { target_ = &target; }
  EventSink& target() const { return *target_; }

 private:
  EventSink* target_;
};

/// Keeps the log lines it is sent and nothing else.
class LogCollector : public EventSink {
 public:
  LogCollector() = default;
  /// For one who will be sent them later.
  explicit LogCollector(const EventSink& later) : later_(&later) {}
  bool wants(Level level) const override { return later_ == nullptr || later_->wants(level); }
  void send(const Event& event) override {
    if (const auto* line = std::get_if<Log>(&event)) lines_.push_back(*line);
  }
  std::vector<Log> take() { return std::exchange(lines_, {}); }

 private:
  const EventSink* later_ = nullptr;
  std::vector<Log> lines_;
};

/// What is told of a relay is heard by nobody for as long as this lives.
class Deaf {
 public:
  /// Null: everything is heard.
  explicit Deaf(Relay* relay) : relay_(relay) {
    if (relay_ == nullptr) return;
    before_ = &relay_->target();
    relay_->to(silence_);
  }
  Deaf(const Deaf&) = delete;
  Deaf& operator=(const Deaf&) = delete;
  ~Deaf() {
    if (relay_ != nullptr) relay_->to(*before_);
  }

 private:
  struct Silence final : EventSink {
    void send(const Event&) override {}
    bool wants(Level) const override { return false; }
  };
  Relay* relay_;
  EventSink* before_ = nullptr;
  Silence silence_;
};

inline void log(EventSink& sink, Level level, std::string message) {
  sink.send(Log{level, std::move(message)});
}

}  // namespace hitz::event
