// SPDX-License-Identifier: Apache-2.0
#pragma once
// Answers that were given before. A command that only tells something tells it again, without
// reading any metadata, while all that its answer rested on stands (engine/recipe/premises).

#include <optional>
#include <string>
#include <vector>

#include "engine/cli/house.h"
#include "engine/cli/options.h"
#include "engine/event/event.h"

namespace hitz::cli {

struct Answer {
  std::string output;           // for the standard output
  std::vector<event::Log> log;  // lines that came before it
};

/// What a command line asks in the build directory of the current folder.
class Question : public event::EventSink {
 public:
  /// Of a command whose options are all among those that decide by themselves what is told. events:
  /// where lines go.
  Question(const std::string& command, const Given& given, const std::vector<std::string>& deciding,
           event::EventSink& events);
  /// Whether it has been answered before and the answer holds: it has been told now.
  bool is_answered();
  /// Sends everything on and notes the log lines.
  void send(const event::Event& event) override;
  bool wants(event::Level level) const override { return events_.wants(level); }
  /// Opens a house that notes what it learns.
  Result<std::unique_ptr<House>> open(House::Recipes recipes);
  /// Prints the answer.
  void answer(const std::string& output);
  /// Keeps the answer for the next time, when that can be done.
  void keep(House& house, TimeOfDay clock);

 private:
  std::optional<Answer> kept() const;
  event::EventSink& events_;
  std::string path_;  // where its answer is kept; "" for nowhere
  std::string topdir_;
  Answer answer_;
};

}  // namespace hitz::cli
