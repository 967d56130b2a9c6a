// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/start_limits.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "engine/base/file.h"
#include "engine/data/store.h"

namespace hitz::cli {

Result<std::unique_ptr<StartLimits>> StartLimits::of(House& house) {
  auto out = std::unique_ptr<StartLimits>(new StartLimits(house));
  data::Store& d = *house.world->config;
  auto pressure = TRY(schedule::pressure_limits(
      {TRY(d.text("BB_PRESSURE_MAX_CPU")), TRY(d.text("BB_PRESSURE_MAX_IO")),
       TRY(d.text("BB_PRESSURE_MAX_MEMORY"))},
      TRY(d.text("BB_LOADFACTOR_MAX"))));
  if (pressure.any()) {
    schedule::PressureFiles files;
    files.processors = static_cast<int>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
    out->pressure_.emplace(pressure, files);
  }
  auto rules = TRY(
      schedule::disk_rules(TRY(d.text("BB_DISKMON_DIRS")), TRY(d.text("BB_DISKMON_WARNINTERVAL"))));
  for (const auto& rule : rules.rules) TRY_VOID(make_folders(rule.path));
  if (!rules.rules.empty()) out->disks_.emplace(std::move(rules), schedule::disk_free);
  return out;
}

int StartLimits::most(const std::string& task) {
  auto [at, fresh] = most_.try_emplace(task, 0);
  if (!fresh) return at->second;
  auto flag = house_.world->config->get_flag(task, "number_threads");
  const std::string* text = flag ? data::text_of(*flag) : nullptr;
  if (text != nullptr) at->second = std::max(0, std::atoi(text->c_str()));
  return at->second;
}

bool StartLimits::may_start(const std::string& task) {
  int most_of_it = most(task);
  if (most_of_it > 0 && running_[task] >= most_of_it) return false;
  if (!pressure_) return true;
  auto now = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch());
  std::string found = pressure_->exceeded(now.count());
  if (found != pressed_ && !found.empty())
    event::log(*house_.events, event::Level::Verbose, found + " is limiting task startup");
  pressed_ = std::move(found);
  return pressed_.empty();
}

void StartLimits::watch() {
  if (!disks_ || Clock::now() - looked_ < std::chrono::seconds(1)) return;
  looked_ = Clock::now();
  auto found = disks_->check();
  for (const auto& line : found.lines) house_.events->send(line);
  if (found.action == schedule::DiskAction::StopTasks) stop_ = std::max(stop_, 1);
  if (found.action == schedule::DiskAction::Halt) stop_ = 2;
}

}  // namespace hitz::cli
