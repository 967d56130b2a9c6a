// SPDX-License-Identifier: Apache-2.0
#pragma once
// Screen: what a person sees while hitz works. Progress on a terminal, plain lines anywhere else.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/report/console.h"
#include "engine/event/event.h"

namespace hitz::report {

enum class Detail { Quiet, Normal, Verbose };

class Screen final : public event::EventSink {
 public:
  explicit Screen(Detail detail);
  /// In BitBake's words, line by line.
  explicit Screen(Verbosity verbosity);
  ~Screen() override;
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  void send(const event::Event& event) override;
  /// How many errors were told so far.
  int errors() const { return errors_; }
  /// The lines that end a command in BitBake's words; its exit status.
  int finish(int status);

 private:
  void show(const event::Log& log);
  void show(const event::ParseProgress& progress);
  void show(const event::ParseFinished& finished);
  void show(const event::BuildStarted&) {}
  void show(const event::TaskStarted& started);
  void show(const event::TaskProgress&) { draw(); }
  void show(const event::TaskEnded& ended);
  void show(const event::BuildFinished& finished);
  void line(const std::string& text, bool important = false);
  void draw();
  void draw_lines(const std::vector<std::string>& lines);
  std::string wiped();
  void clear();
  void show_log_tail(const std::string& path);

  std::unique_ptr<Console> console_;  // of a screen in BitBake's words: it shows everything
  Detail detail_;
  bool terminal_;
  std::size_t drawn_ = 0;  // lines of the block that is on the terminal
  int done_ = 0;
  int errors_ = 0;
  std::set<std::string> told_;  // errors
  std::vector<std::string> warnings_;
  std::map<std::string, std::int64_t> running_;  // label -> when it started, ms
};

}  // namespace hitz::report
