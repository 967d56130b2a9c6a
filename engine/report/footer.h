// SPDX-License-Identifier: Apache-2.0
#pragma once
// Footer: a block of lines at the foot of a terminal, drawn anew over itself.

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "engine/report/board.h"

namespace hitz::report {

class Footer {
 public:
  /// Draws nothing where the stream is no terminal.
  explicit Footer(std::FILE* stream);
  ~Footer() { clear(); }
  Footer(const Footer&) = delete;
  Footer& operator=(const Footer&) = delete;

  bool terminal() const { return terminal_; }
  std::size_t width() const;
  /// How many lines a block may have.
  std::size_t height() const;
  void draw(const std::vector<std::string>& lines);
  /// The tasks that run now, as far as they fit; what is drawn stays where none runs.
  void draw(const Board& board);
  /// Takes the block away; what is printed next stands in its place.
  void clear();

 private:
  std::string wiped();

  std::FILE* stream_;
  bool terminal_;
  std::size_t drawn_ = 0;  // lines of the block that is on the terminal
};

/// Milliseconds of a clock that only goes forward.
std::int64_t clock_ms();

}  // namespace hitz::report
