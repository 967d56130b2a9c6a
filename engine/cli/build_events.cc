// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/build_events.h"

#include <cstdlib>

#include "engine/base/text.h"

namespace hitz::cli {

namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* kModule = "hitz.build_events";
constexpr char kField = '\x1f', kRecord = '\x1e';

std::string text_of(const QueueCounts& counts) {
  std::string out;
  for (int number : {counts.total, counts.completed, counts.skipped, counts.failed, counts.active,
                     counts.setscene_total, counts.setscene_active, counts.setscene_covered,
                     counts.setscene_notcovered})
    out += (out.empty() ? "" : " ") + std::to_string(number);
  return out;
}

}  // namespace

Result<BuildEvents> BuildEvents::open(House& house) {
  BuildEvents out(house);
  TRY_VOID(out.for_all("set_build_variables", {}));
  data::Store& d = *house.world->config;
  for (const char* name : {"BUILDNAME", "DATE", "TIME"})
    out.settings_.emplace_back(name, TRY(d.text(name)));
  if (std::string limited = TRY(d.text("BB_LIMITEDDEPS")); !limited.empty())
    out.settings_.emplace_back("BB_LIMITEDDEPS", limited);
  if (double pause = std::atof(TRY(d.text("BB_HEARTBEAT_EVENT")).c_str()); pause > 0)
    out.pause_ = std::chrono::milliseconds(static_cast<long>(pause * 1000));
  out.next_beat_ = Clock::now() + out.pause_;
  return out;
}

Result<void> BuildEvents::call(const std::string& function,
                               const std::vector<std::string>& texts) const {
  TRY(house_.python->call(kModule, function, house_.world->config.get(), texts));
  return {};
}

// Once for each multiconfig, with its own configuration.
Result<void> BuildEvents::for_all(const std::string& function,
                                  const std::vector<std::string>& texts) const {
  TRY_VOID(call(function, texts));
  for (const auto& other : house_.world->multiconfigs)
    TRY(house_.python->call(kModule, function, other.config.get(), texts));
  return {};
}

Result<bool> BuildEvents::wanted(const std::string& kind) {
  auto found = wanted_.find(kind);
  if (found == wanted_.end()) {
    bool any = !TRY(house_.python->call(kModule, "wanted", nullptr, {kind})).empty();
    found = wanted_.emplace(kind, any).first;
  }
  return found->second;
}

Result<void> BuildEvents::parsed() {
  TRY_VOID(for_all("check_sanity", {}));
  if (!TRY(wanted("bb.event.ReachableStamps"))) return {};
  std::string stamps;
  for (const auto& recipe : house_.world->recipes) {
    if (!recipe.skipped) stamps += recipe.virtual_file + kField + recipe.stamp + kRecord;
  }
  return call("reachable", {stamps});
}

Result<void> BuildEvents::started(const std::vector<std::string>& targets) {
  targets_ = targets;
  std::string text = join(targets, " ");
  TRY_VOID(call("init", {text}));
  return for_all("started", {text});
}

Result<void> BuildEvents::stale(const std::map<std::string, std::vector<std::string>>& stamps) {
  if (stamps.empty() || !TRY(wanted("bb.event.StaleSetSceneTasks"))) return {};
  std::string text;
  for (const auto& [name, paths] : stamps) {
    text += name;
    for (const auto& path : paths) text += kField + path;
    text += kRecord;
  }
  return call("stale", {text});
}

Result<void> BuildEvents::task(const std::string& kind, const QueuedTask& task,
                               const QueueCounts& counts) {
  if (!TRY(wanted("bb.runqueue." + kind))) return {};
  return call("task", {kind, task.name, task.hash, task.noexec ? "1" : "",
                       std::to_string(task.status), task.reason, text_of(counts)});
}

Result<void> BuildEvents::restored(const QueueCounts& counts) {
  if (!TRY(wanted("bb.runqueue.sceneQueueComplete"))) return {};
  return call("restored", {text_of(counts)});
}

Result<void> BuildEvents::heartbeat() {
  auto now = Clock::now();
  if (now < next_beat_) return {};
  next_beat_ = now + pause_;
  if (!TRY(wanted("bb.event.HeartbeatEvent"))) return {};
  return call("heartbeat", {});
}

Result<void> BuildEvents::completed(int tasks, int failures, int interrupted) {
  return for_all("completed", {join(targets_, " "), std::to_string(tasks), std::to_string(failures),
                               std::to_string(interrupted)});
}

}  // namespace hitz::cli
