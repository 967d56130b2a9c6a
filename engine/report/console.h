// SPDX-License-Identifier: Apache-2.0
#pragma once
// Console: what happens, line by line, in the words that scripts around BitBake look for. What is
// wrong goes to the error output, all else to the standard one. On a terminal the board stands
// below instead of a line for each task's beginning and end.

#include <set>
#include <string>
#include <vector>

#include "engine/event/event.h"
#include "engine/report/board.h"
#include "engine/report/footer.h"

namespace hitz::report {

struct Verbosity {
  int quiet = 0;  // 1: warnings and errors; 2: nor progress; 3: errors alone
  int debug = 0;
  bool verbose = false;
};

class Console final : public event::EventSink {
 public:
  explicit Console(Verbosity verbosity) : verbosity_(verbosity), footer_(stdout) {}
  bool wants(event::Level level) const override {
    return level > event::Level::Debug || verbosity_.debug > 0;
  }
  void send(const event::Event& event) override;
  /// Tells how many warnings and errors there were; the exit status, which is not 0 after an error.
  int finish(int status);
  /// An interrupt ended the command.
  void interrupted() { interrupted_ = true; }

 private:
  void show(const event::Log& log);
  void show(const event::ParseProgress& progress);
  void show(const event::ParseFinished& finished);
  void show(const event::BuildStarted& build);
  void show(const event::TaskStarted& started);
  void show(const event::TaskProgress& progress);
  void show(const event::TaskEnded& ended);
  void show(const event::BuildFinished& finished);
  void show_log(const std::string& path);
  void out(const std::string& text);
  void note(const std::string& text);
  void draw();
  void error(const std::string& text);
  void complain(const std::string& text);

  Verbosity verbosity_;
  Footer footer_;
  Board board_;
  bool parsing_ = false;  // it goes on; not on a terminal: its line has no end yet
  bool interrupted_ = false;
  bool include_logs_ = true;
  std::size_t log_lines_ = 0;  // 0: all
  int warnings_ = 0, errors_ = 0;
  std::set<std::string> told_;                               // the first lines of errors
  std::vector<std::pair<std::string, std::string>> failed_;  // task, its log
};

}  // namespace hitz::report
