// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/disk_monitor.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "engine/base/text.h"

namespace hitz::schedule {

namespace {

// "1G", "100K", "5"; none for what is no such number.
std::optional<std::int64_t> quantity(const std::string& text) {
  char* end = nullptr;
  long long number = std::strtoll(text.c_str(), &end, 10);
  std::string unit(trim(end));
  int shift = unit.empty()                 ? 0
              : unit == "K" || unit == "k" ? 10
              : unit == "M" || unit == "m" ? 20
              : unit == "G" || unit == "g" ? 30
                                           : -1;
  if (end == text.c_str() || number <= 0 || shift < 0) return std::nullopt;
  return static_cast<std::int64_t>(number) << shift;
}

Result<std::optional<std::int64_t>> wanted(const std::string& variable, const std::string& text) {
  if (text.empty()) return std::optional<std::int64_t>();
  auto out = quantity(text);
  if (!out) return input_error(variable + ": '" + text + "' is no number with K, M or G above 0");
  return out;
}

Result<DiskRule> rule_of(const std::string& word) {
  auto parts = split(word, ',');
  if (parts.size() < 3 || parts[1].empty())
    return input_error("BB_DISKMON_DIRS: '" + word +
                       "' is not action,folder,space,inodes (one of the last two may be empty)");
  DiskRule out;
  const std::string& action = parts[0];
  if (action == "HALT" || action == "ABORT") {
    out.action = DiskAction::Halt;
  } else if (action == "STOPTASKS") {
    out.action = DiskAction::StopTasks;
  } else if (action != "WARN") {
    return input_error("BB_DISKMON_DIRS: '" + action + "' is none of HALT, STOPTASKS, WARN");
  }
  out.path = parts[1];
  out.space = TRY(wanted("BB_DISKMON_DIRS", parts[2]));
  if (parts.size() > 3) out.inodes = TRY(wanted("BB_DISKMON_DIRS", parts[3]));
  if (!out.space && !out.inodes)
    return input_error("BB_DISKMON_DIRS: '" + word +
                       "' says neither how much space nor how many "
                       "inodes are the least");
  return out;
}

std::string thousandths(double value) {
  char text[48];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

}  // namespace

Result<DiskRules> disk_rules(const std::string& dirs, const std::string& interval) {
  DiskRules out;
  for (const auto& word : words(dirs)) out.rules.push_back(TRY(rule_of(word)));
  auto parts = split(interval, ',');
  const std::string variable = "BB_DISKMON_WARNINTERVAL";
  if (!parts.empty())
    out.space_step = TRY(wanted(variable, std::string(trim(parts[0])))).value_or(out.space_step);
  if (parts.size() > 1)
    out.inode_step = TRY(wanted(variable, std::string(trim(parts[1])))).value_or(out.inode_step);
  return out;
}

DiskMonitor::DiskMonitor(DiskRules rules, Look look)
    : rules_(std::move(rules)), look_(std::move(look)), states_(rules_.rules.size()) {}

void DiskMonitor::low(std::size_t index, const std::string& what, bool far_enough, Found& found) {
  State& state = states_[index];
  if (far_enough && !state.acted) found.lines.push_back({event::Level::Warning, what});
  DiskAction action = rules_.rules[index].action;
  if (action == DiskAction::Warn || state.acted) return;
  state.acted = true;
  found.action = std::max(found.action, action);
  found.lines.push_back(
      {event::Level::Error,
       action == DiskAction::Halt
           ? "Immediately halt since the disk space monitor action is \"HALT\"!"
           : "No new tasks can be executed since the disk space monitor action is \"STOPTASKS\"!"});
}

DiskMonitor::Found DiskMonitor::check() {
  Found out;
  for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
    const DiskRule& rule = rules_.rules[i];
    auto free = look_(rule.path);
    if (!free) continue;
    State& state = states_[i];
    if (rule.space && free->space < *rule.space) {
      bool far = state.told_space == 0 || state.told_space - free->space > rules_.space_step;
      low(i,
          "The free space of " + rule.path + " is running low (" +
              thousandths(static_cast<double>(free->space) / (1 << 30)) + "GB left)",
          far, out);
      if (far) state.told_space = std::max<std::int64_t>(1, free->space);
    }
    if (rule.inodes && free->inodes && *free->inodes < *rule.inodes) {
      bool far = state.told_inodes == 0 || state.told_inodes - *free->inodes > rules_.inode_step;
      low(i,
          "The free inode of " + rule.path + " is running low (" +
              thousandths(static_cast<double>(*free->inodes) / 1024) + "K left)",
          far, out);
      if (far) state.told_inodes = std::max<std::int64_t>(1, *free->inodes);
    }
  }
  return out;
}

std::optional<DiskFree> disk_free(const std::string& path) {
  struct statvfs info{};
  if (::statvfs(path.c_str(), &info) != 0) return std::nullopt;
  DiskFree out;
  out.space = static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
  bool fixed = info.f_files != 0 && info.f_favail != static_cast<fsfilcnt_t>(-1);
  if (fixed) out.inodes = static_cast<std::int64_t>(info.f_favail);
  return out;
}

}  // namespace hitz::schedule
