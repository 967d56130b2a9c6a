// SPDX-License-Identifier: Apache-2.0
#include "engine/report/footer.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace hitz::report {

namespace {

constexpr std::size_t kMostLines = 17;

winsize size_of(std::FILE* stream) {
  winsize size{};
  if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) != 0) size = {};
  return size;
}

bool can_move(std::FILE* stream) {
  const char* kind = std::getenv("TERM");
  return ::isatty(::fileno(stream)) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
}

}  // namespace

Footer::Footer(std::FILE* stream) : stream_(stream), terminal_(can_move(stream)) {}

std::size_t Footer::width() const {
  unsigned columns = size_of(stream_).ws_col;
  return columns > 20 ? columns - 1 : 79;
}

std::size_t Footer::height() const {
  unsigned rows = size_of(stream_).ws_row;
  return rows > 4 ? std::min<std::size_t>(kMostLines, rows - 2) : kMostLines;
}

// Back to the line where the block began, with nothing of it left.
std::string Footer::wiped() {
  std::size_t lines = std::exchange(drawn_, 0);
  if (lines == 0) return "";
  std::string out = "\r\x1b[K";
  for (std::size_t i = 1; i < lines; ++i) out += "\x1b[A\x1b[K";
  return out;
}

void Footer::draw(const Board& board) {
  if (!board.empty()) draw(board.lines(clock_ms(), width(), height()));
}

void Footer::clear() {
  if (drawn_ == 0) return;
  std::fputs(wiped().c_str(), stream_);
  std::fflush(stream_);
}

// One write for all of it: what is seen is the old block or the new one.
void Footer::draw(const std::vector<std::string>& lines) {
  if (!terminal_) return;
  std::string out = wiped();
  for (std::size_t i = 0; i < lines.size(); ++i) out += (i > 0 ? "\n" : "") + lines[i];
  std::fputs(out.c_str(), stream_);
  std::fflush(stream_);
  drawn_ = lines.size();
}

std::int64_t clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace hitz::report
