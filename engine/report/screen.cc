// SPDX-License-Identifier: Apache-2.0
#include "engine/report/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::report {

namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string seconds(std::int64_t ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1fs", static_cast<double>(ms) / 1000.0);
  return text;
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

constexpr int kTailLines = 20;
constexpr std::size_t kMostLines = 16;  // of tasks in the block

}  // namespace

Screen::Screen(Detail detail) : detail_(detail), terminal_(::isatty(2) == 1) {}

Screen::Screen(Verbosity verbosity)
    : console_(std::make_unique<Console>(verbosity)), detail_(Detail::Normal), terminal_(false) {}

Screen::~Screen() {
  clear();
}

void Screen::send(const event::Event& event) {
  if (console_) return console_->send(event);
  std::visit([this](const auto& one) { show(one); }, event);
}

int Screen::finish(int status) {
  return console_ ? console_->finish(status) : status;
}

// Back to the line where the block began, with nothing of it left.
std::string Screen::wiped() {
  std::size_t lines = std::exchange(drawn_, 0);
  if (lines == 0) return "";
  std::string out = "\r\x1b[K";
  for (std::size_t i = 1; i < lines; ++i) out += "\x1b[A\x1b[K";
  return out;
}

void Screen::clear() {
  std::fputs(wiped().c_str(), stderr);
}

// One write for all of it: what is seen is the old block or the new one.
void Screen::draw_lines(const std::vector<std::string>& lines) {
  std::string out = wiped();
  std::size_t width = terminal_width() - 1;
  for (std::size_t i = 0; i < lines.size(); ++i)
    out += (i > 0 ? "\n" : "") + lines[i].substr(0, width);
  std::fputs(out.c_str(), stderr);
  std::fflush(stderr);
  drawn_ = lines.size();
}

void Screen::draw() {
  if (!terminal_ || detail_ == Detail::Quiet || running_.empty()) return;
  std::vector<std::string> lines = {std::to_string(running_.size()) + " running, " +
                                    std::to_string(done_) + " done"};
  for (const auto& [label, since] : running_) {
    if (lines.size() > kMostLines) break;
    lines.push_back("  " + label + " (" + seconds(now_ms() - since) + ")");
  }
  draw_lines(lines);
}

void Screen::line(const std::string& text, bool important) {
  if (detail_ == Detail::Quiet && !important) return;
  clear();
  std::fputs((text + "\n").c_str(), stderr);
  draw();
}

void Screen::show(const event::Log& log) {
  switch (log.level) {
    case event::Level::Debug:
    case event::Level::Verbose:
      if (detail_ == Detail::Verbose) line("DEBUG: " + log.message);
      break;
    case event::Level::Note: line("NOTE: " + log.message); break;
    case event::Level::Plain:
      clear();
      std::puts(log.message.c_str());
      std::fflush(stdout);
      draw();
      break;
    case event::Level::Warning:
      warnings_.push_back(log.message);
      line("WARNING: " + log.message, true);
      break;
    case event::Level::Error:
      ++errors_;
      told_.insert(log.message);
      line("ERROR: " + log.message, true);
      break;
  }
}

void Screen::show(const event::ParseProgress& progress) {
  if (!terminal_ || detail_ == Detail::Quiet) return;
  draw_lines(
      {"parsing recipes: " + std::to_string(progress.done) + "/" + std::to_string(progress.total)});
}

void Screen::show(const event::ParseFinished& finished) {
  clear();
  if (detail_ != Detail::Verbose) return;
  line("NOTE: parsed " + std::to_string(finished.parsed) + " .bb files (" +
       std::to_string(finished.variants) + " targets, " + std::to_string(finished.skipped) +
       " skipped, " + std::to_string(finished.masked) + " masked, " +
       std::to_string(finished.errors) + " errors)");
}

void Screen::show(const event::TaskStarted& started) {
  running_[started.label] = now_ms();
  if (terminal_) {
    draw();
  } else {
    line("NOTE: " + started.label + ": started");
  }
}

void Screen::show(const event::TaskEnded& ended) {
  running_.erase(ended.label);
  ++done_;
  if (ended.ending == event::Ending::Failed) {
    const std::string why = ended.why.substr(0, ended.why.find('\n'));
    const bool told = told_.contains(ended.label + ": " + why);  // by the task itself
    if (!told || ended.log.empty()) line("ERROR: " + ended.label + " failed: " + why, true);
    if (!ended.log.empty()) {
      line("ERROR: " + (told ? ended.label + " failed; " : "") + "its log is " + ended.log, true);
      show_log_tail(ended.log);
    }
    ++errors_;
  } else if (ended.ending == event::Ending::Restored) {
    line("NOTE: " + ended.label + ": restored from the cache");
  } else if (terminal_ && detail_ != Detail::Verbose) {
    draw();
  } else {
    line("NOTE: " + ended.label + ": done in " + seconds(ended.took_ms));
  }
}

void Screen::show_log_tail(const std::string& path) {
  auto text = read_file(path);
  if (!text) return;
  auto lines = split(*text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  std::size_t first = lines.size() > kTailLines ? lines.size() - kTailLines : 0;
  for (std::size_t i = first; i < lines.size(); ++i) line("| " + lines[i], true);
}

void Screen::show(const event::BuildFinished& finished) {
  clear();
  if (!warnings_.empty() && finished.ran > 0)
    line("Summary: " + std::to_string(warnings_.size()) + " warnings were shown above", true);
  int attempted = finished.ran + finished.restored + finished.up_to_date + finished.failed;
  std::string text = "Tasks Summary: Attempted " + std::to_string(attempted) + " tasks of which " +
                     std::to_string(finished.up_to_date + finished.restored) +
                     " didn't need to be rerun";
  text += finished.failed == 0 && finished.not_run == 0
              ? " and all succeeded."
              : " and " + std::to_string(finished.failed) + " failed.";
  if (finished.not_run > 0)
    text += " " + std::to_string(finished.not_run) + " that depend on them were not run.";
  line("NOTE: " + text + " (" + std::to_string(finished.ran) + " run, " +
           std::to_string(finished.restored) + " restored, " + seconds(finished.took_ms) + ")",
       true);
}

}  // namespace hitz::report
