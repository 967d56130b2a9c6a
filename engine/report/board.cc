// SPDX-License-Identifier: Apache-2.0
#include "engine/report/board.h"

#include <algorithm>
#include <cstdio>

namespace hitz::report {

namespace {

constexpr int kBarCells = 20;

std::string bar(int percent) {
  int full = std::clamp(percent, 0, 100) * kBarCells / 100;
  return "|" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(kBarCells - full), ' ') + "|";
}

std::string percent_text(int percent) {
  char text[8];
  std::snprintf(text, sizeof text, "%3d%%", percent);
  return text;
}

}  // namespace

std::string duration_text(std::int64_t ms) {
  std::int64_t seconds = std::max<std::int64_t>(0, ms) / 1000;
  char text[32];
  if (seconds < 60) {
    std::snprintf(text, sizeof text, "%ds", static_cast<int>(seconds));
  } else if (seconds < 3600) {
    std::snprintf(text, sizeof text, "%dm%02ds", static_cast<int>(seconds / 60),
                  static_cast<int>(seconds % 60));
  } else {
    std::snprintf(text, sizeof text, "%dh%02dm", static_cast<int>(seconds / 3600),
                  static_cast<int>(seconds / 60 % 60));
  }
  return text;
}

void Board::start(const event::BuildStarted& build) {
  tasks_ = build.tasks;
  parallel_ = std::max(1, build.parallel);
  done_ = 0;
  expected_ms_ = build.expected_ms;
  open_ms_ = 0;
  for (const auto& [label, ms] : expected_ms_) open_ms_ += ms;
}

void Board::start_task(const std::string& label, std::int64_t now_ms) {
  running_[label].since_ms = now_ms;
}

void Board::progress(const event::TaskProgress& progress) {
  auto at = running_.find(progress.label);
  if (at == running_.end()) return;
  at->second.percent = progress.percent;
  at->second.rate = progress.rate;
}

void Board::end_task(const std::string& label) {
  running_.erase(label);
  ++done_;
  if (auto at = expected_ms_.find(label); at != expected_ms_.end()) {
    open_ms_ -= at->second;
    expected_ms_.erase(at);
  }
}

std::int64_t Board::left_ms(std::int64_t now_ms) const {
  if (expected_ms_.empty()) return -1;
  std::int64_t work = open_ms_, longest = 0;
  for (const auto& [label, task] : running_) {
    auto at = expected_ms_.find(label);
    if (at == expected_ms_.end()) continue;
    std::int64_t rest = std::max<std::int64_t>(0, at->second - (now_ms - task.since_ms));
    work -= at->second - rest;
    longest = std::max(longest, rest);
  }
  return std::max(longest, work / parallel_);
}

std::string Board::head(std::int64_t now_ms) const {
  std::string out = std::to_string(running_.size()) +
                    (running_.size() == 1 ? " task runs" : " tasks run") + ", " +
                    std::to_string(done_);
  if (tasks_ > 0) {
    int percent = static_cast<int>(std::min<std::int64_t>(100, 100LL * done_ / tasks_));
    out += " of " + std::to_string(tasks_) + " done " + percent_text(percent) + " " + bar(percent);
  } else {
    out += " done";
  }
  std::int64_t left = left_ms(now_ms);
  return left < 0 ? out : out + " about " + duration_text(left) + " left";
}

std::string Board::line(const std::string& label, const Running& task, std::int64_t now_ms) const {
  std::string out = "  " + label + " - " + duration_text(now_ms - task.since_ms);
  if (task.percent >= 0) out += " " + percent_text(task.percent) + " " + bar(task.percent);
  if (!task.rate.empty()) out += " " + task.rate;
  if (auto at = expected_ms_.find(label); at != expected_ms_.end() && task.percent < 0)
    out += " (took " + duration_text(at->second) + " before)";
  return out;
}

std::vector<std::string> Board::lines(std::int64_t now_ms, std::size_t width,
                                      std::size_t most) const {
  std::vector<std::string> out{head(now_ms)};
  std::vector<const std::pair<const std::string, Running>*> oldest;
  for (const auto& task : running_) oldest.push_back(&task);
  std::sort(oldest.begin(), oldest.end(),
            [](const auto* a, const auto* b) { return a->second.since_ms < b->second.since_ms; });
  for (const auto* task : oldest) {
    if (out.size() >= most) break;
    out.push_back(line(task->first, task->second, now_ms));
  }
  for (auto& text : out) text = text.substr(0, width);
  return out;
}

}  // namespace hitz::report
