// SPDX-License-Identifier: Apache-2.0
#include "engine/report/screen.h"

#include <cstdio>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::report {

namespace {

std::string seconds(std::int64_t ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1fs", static_cast<double>(ms) / 1000.0);
  return text;
}

constexpr int kTailLines = 20;

}  // namespace

Screen::Screen(Detail detail) : detail_(detail), footer_(stderr) {}

Screen::Screen(Verbosity verbosity)
    : console_(std::make_unique<Console>(verbosity)), detail_(Detail::Normal), footer_(stderr) {}

void Screen::send(const event::Event& event) {
  if (console_) return console_->send(event);
  std::visit([this](const auto& one) { show(one); }, event);
}

bool Screen::wants(event::Level level) const {
  if (console_) return console_->wants(level);
  return level > event::Level::Verbose || detail_ == Detail::Verbose;
}

int Screen::finish(int status) {
  return console_ ? console_->finish(status) : status;
}

void Screen::draw() {
  if (detail_ != Detail::Quiet) footer_.draw(board_);
}

void Screen::line(const std::string& text, bool important) {
  if (detail_ == Detail::Quiet && !important) return;
  footer_.clear();
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
      footer_.clear();
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
  if (detail_ == Detail::Quiet) return;
  const std::string what = progress.initialising ? "working out hashes: " : "parsing recipes: ";
  footer_.draw({what + std::to_string(progress.done) + "/" + std::to_string(progress.total)});
  if (progress.initialising && progress.done == progress.total) footer_.clear();
}

void Screen::show(const event::ParseFinished& finished) {
  footer_.clear();
  if (detail_ != Detail::Verbose) return;
  line("NOTE: parsed " + std::to_string(finished.parsed) + " .bb files (" +
       std::to_string(finished.variants) + " targets, " + std::to_string(finished.skipped) +
       " skipped, " + std::to_string(finished.masked) + " masked, " +
       std::to_string(finished.errors) + " errors)");
}

void Screen::show(const event::TaskStarted& started) {
  board_.start_task(started.label, clock_ms());
  if (footer_.terminal()) {
    draw();
  } else {
    line("NOTE: " + started.label + ": started");
  }
}

void Screen::show(const event::TaskProgress& progress) {
  board_.progress(progress);
  draw();
}

void Screen::show(const event::TaskEnded& ended) {
  board_.end_task(ended.label);
  if (ended.ending == event::Ending::Failed) {
    const std::string why = ended.why.substr(0, ended.why.find('\n'));
    const bool told = told_.contains(ended.label + ": " + why);  // by the task itself
    if (!told || ended.log.empty()) line("ERROR: " + ended.label + " failed: " + why, true);
    if (!ended.log.empty()) {
      line("ERROR: " + (told ? ended.label + " failed; " : "") + "its log is " + ended.log, true);
      show_log_tail(ended.log);
    }
    ++errors_;
  } else if (ended.ending == event::Ending::Skipped) {
    line("NOTE: " + ended.label + ": failed; its log is " + ended.log);
  } else if (ended.ending == event::Ending::Restored) {
    line("NOTE: " + ended.label + ": restored from the cache");
  } else if (footer_.terminal() && detail_ != Detail::Verbose) {
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
  footer_.clear();
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
