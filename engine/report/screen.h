// SPDX-License-Identifier: Apache-2.0
#pragma once
// Screen: what a person sees while hitz works. Progress on a terminal, plain lines anywhere else.

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/event/event.h"
#include "engine/report/board.h"
#include "engine/report/console.h"
#include "engine/report/footer.h"

namespace hitz::report {

enum class Detail { Quiet, Normal, Verbose };

class Screen final : public event::EventSink {
 public:
  explicit Screen(Detail detail);
  /// In BitBake's words, line by line.
  explicit Screen(Verbosity verbosity);
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  void send(const event::Event& event) override;
  bool wants(event::Level level) const override;
  /// How many errors were told so far.
  int errors() const { return errors_; }
  /// The lines that end a command in BitBake's words; its exit status.
  int finish(int status);

 private:
  void show(const event::Log& log);
  void show(const event::ParseProgress& progress);
  void show(const event::ParseFinished& finished);
  void show(const event::BuildStarted& build) { board_.start(build); }
  void show(const event::TaskStarted& started);
  void show(const event::TaskProgress& progress);
  void show(const event::TaskEnded& ended);
  void show(const event::BuildFinished& finished);
  void line(const std::string& text, bool important = false);
  void draw();
  void show_log_tail(const std::string& path);

  std::unique_ptr<Console> console_;  // of a screen in BitBake's words: it shows everything
  Detail detail_;
  Footer footer_;
  Board board_;
  int errors_ = 0;
  std::set<std::string> told_;  // errors
  std::vector<std::string> warnings_;
};

}  // namespace hitz::report
