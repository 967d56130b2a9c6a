// SPDX-License-Identifier: Apache-2.0
#include "engine/report/console.h"

#include <algorithm>
#include <cstdio>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::report {

namespace {

std::string counted(int count, const std::string& kind, const std::string& rest) {
  return "\nSummary: There " + std::string(count == 1 ? "was " : "were ") + std::to_string(count) +
         " " + kind + (count == 1 ? " message" : " messages") + rest;
}

// "Parsing recipes:  45% |####      |"
std::string bar(const std::string& what, int done, int total, std::size_t width) {
  const int percent = total > 0 ? 100 * done / total : 100;
  std::string number = std::to_string(percent);
  std::string out =
      what + ": " + std::string(3 - std::min<std::size_t>(3, number.size()), ' ') + number + "% |";
  const std::size_t room = width > out.size() + 2 ? width - out.size() - 2 : 0;
  const std::size_t full = room * static_cast<std::size_t>(percent) / 100;
  return out + std::string(full, '#') + std::string(room - full, ' ') + "|";
}

}  // namespace

void Console::send(const event::Event& event) {
  std::visit([this](const auto& one) { show(one); }, event);
}

void Console::out(const std::string& text) {
  footer_.clear();
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  draw();
}

void Console::draw() {
  if (verbosity_.quiet < 2) footer_.draw(board_);
}

// What begins and ends is on the board, where there is one.
void Console::note(const std::string& text) {
  bool on_board =
      footer_.terminal() && (text.starts_with("Running ") || text.starts_with("recipe "));
  if (verbosity_.quiet == 0 && !on_board) out("NOTE: " + text + "\n");
}

void Console::error(const std::string& text) {
  ++errors_;
  complain(text);
}

// What knotty says of itself does not count among the errors.
void Console::complain(const std::string& text) {
  footer_.clear();
  std::fputs(("ERROR: " + text + "\n").c_str(), stderr);
  draw();
}

void Console::show(const event::Log& log) {
  switch (log.level) {
    case event::Level::Debug:
      if (verbosity_.debug > 0) out("DEBUG: " + log.message + "\n");
      break;
    case event::Level::Verbose:
      if (verbosity_.verbose || verbosity_.debug > 0) note(log.message);
      break;
    case event::Level::Note: note(log.message); break;
    case event::Level::Plain:
      if (verbosity_.quiet == 0) out(log.message + "\n");
      break;
    case event::Level::Warning:
      if (log.counts) ++warnings_;
      if (verbosity_.quiet < 3) out("WARNING: " + log.message + "\n");
      break;
    case event::Level::Error:
      told_.insert(log.message.substr(0, log.message.find('\n')));
      error(log.message);
      break;
  }
}

void Console::show(const event::ParseProgress& progress) {
  if (verbosity_.quiet > 1) return;
  const std::string what = progress.initialising ? "Initialising tasks" : "Parsing recipes";
  const bool ends = progress.initialising && progress.done == progress.total;
  if (footer_.terminal()) {
    footer_.draw({bar(what, progress.done, progress.total, footer_.width())});
    if (ends) footer_.clear();
  } else if (!parsing_) {
    out(what + "...");
  }
  parsing_ = !ends;
  if (ends && !footer_.terminal()) out("done.\n");
}

void Console::show(const event::ParseFinished& finished) {
  bool told = parsing_;
  parsing_ = false;
  if (footer_.terminal()) footer_.clear();
  if (told && !footer_.terminal()) out("done.\n");
  if (!told || verbosity_.quiet != 0) return;
  out("Parsing of " + std::to_string(finished.cached + finished.parsed + finished.errors) +
      " .bb files complete (" + std::to_string(finished.cached) + " cached, " +
      std::to_string(finished.parsed) + " parsed). " + std::to_string(finished.variants) +
      " targets, " + std::to_string(finished.skipped) + " skipped, " +
      std::to_string(finished.masked) + " masked, " + std::to_string(finished.errors) +
      " errors.\n");
}

void Console::show(const event::BuildStarted& build) {
  board_.start(build);
  include_logs_ = build.include_logs;
  log_lines_ = static_cast<std::size_t>(std::max(0, build.log_lines));
}

void Console::show(const event::TaskStarted& started) {
  board_.start_task(started.label, clock_ms());
  note("recipe " + started.label.substr(0, started.label.find(' ')) + ": task " + started.task +
       ": Started");
  draw();
}

void Console::show(const event::TaskProgress& progress) {
  board_.progress(progress);
  draw();
}

void Console::show(const event::TaskEnded& ended) {
  board_.end_task(ended.label);
  if (board_.empty()) footer_.clear();
  std::string whose = "recipe " + ended.label.substr(0, ended.label.find(' '));
  if (ended.ending == event::Ending::Skipped) {
    if (!ended.log.empty())
      show(event::Log{event::Level::Warning, "Logfile for failed setscene task is " + ended.log,
                      false});
    return;
  }
  if (ended.ending != event::Ending::Failed) {
    note(whose + ": task " + ended.task + ": Succeeded");
    return;
  }
  std::string why = ended.label + ": " + ended.why.substr(0, ended.why.find('\n'));
  bool told = false;  // by the task itself
  for (auto at = told_.lower_bound(ended.label + ": ");
       at != told_.end() && at->starts_with(ended.label + ": "); at = told_.erase(at))
    told = true;
  if (!told && !ended.explained) error(why);
  if (!ended.log.empty() && exists(ended.log)) {
    complain("Logfile of failure stored in: " + ended.log);
    if (include_logs_ && !ended.explained) show_log(ended.log);
  }
  note(whose + ": task " + ended.task + ": Failed");
  complain("Task (" + ended.name + ") failed with exit code '" + std::to_string(ended.status) +
           "'");
  failed_.emplace_back(ended.name, ended.log);
}

void Console::show_log(const std::string& path) {
  auto text = read_file(path);
  if (!text) return;
  std::string shown = "Log data follows:\n";
  auto lines = split(*text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  auto first = lines.begin();
  if (log_lines_ > 0 && lines.size() > log_lines_)
    first = lines.end() - static_cast<std::ptrdiff_t>(log_lines_);
  for (auto at = first; at != lines.end(); ++at)
    shown += (log_lines_ > 0 ? " | " : "| ") +
             at->substr(0, at->find_last_not_of(" \t\r\f\v") + 1) + "\n";
  out(shown);
}

void Console::show(const event::BuildFinished& finished) {
  int attempted = finished.ran + finished.restored + finished.up_to_date + finished.failed;
  note("Tasks Summary: Attempted " + std::to_string(attempted) + " tasks of which " +
       std::to_string(finished.up_to_date + finished.restored) + " didn't need to be rerun and " +
       (finished.failed == 0 ? "all succeeded." : std::to_string(finished.failed) + " failed."));
}

int Console::finish(int status) {
  if (parsing_) out("\n");
  parsing_ = false;
  if (status == 0 && errors_ > 0) status = 1;
  std::string summary;
  if (!failed_.empty()) {
    summary += "\nSummary: " + std::to_string(failed_.size()) +
               (failed_.size() == 1 ? " task failed:" : " tasks failed:");
    for (const auto& [task, log] : failed_)
      summary += "\n  " + task + (log.empty() ? "" : "\n    log: " + log);
  }
  if (warnings_ > 0) summary += counted(warnings_, "WARNING", ".");
  if (errors_ > 0) summary += counted(errors_, "ERROR", ", returning a non-zero exit code.");
  if (!summary.empty() && verbosity_.quiet == 0) out(summary + "\n");
  if (interrupted_) {
    out("Execution was interrupted, returning a non-zero exit code.\n");
    if (status == 0) status = 1;
  }
  return status;
}

}  // namespace hitz::report
