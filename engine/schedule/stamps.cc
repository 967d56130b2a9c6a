// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/stamps.h"

#include <sys/stat.h>

#include <utility>

#include "engine/base/times.h"

namespace hitz::schedule {

Stamps::Stamps(const graph::TaskGraph& graph, Path path)
    : graph_(graph), path_(std::move(path)), below_(graph.tasks.size()) {
  for (auto& times : times_) times = IdVector<TaskId, Times>(graph.tasks.size());
}

const std::optional<std::int64_t>& Stamps::time(TaskId id, Variant variant) {
  Times& known = times_[static_cast<int>(variant)][id];
  if (!known.read) {
    known.read = true;
    struct stat info{};
    if (::stat(path_(id, variant).c_str(), &info) == 0)
      known.nanoseconds = nanoseconds(info.st_mtim);
  }
  return known.nanoseconds;
}

bool Stamps::current(TaskId id) {
  return check(id, Reach::Direct);
}

bool Stamps::current_below(TaskId id) {
  return check(id, Reach::Below);
}

bool Stamps::setscene_current(TaskId id) {
  return time(id, Variant::Setscene).has_value();
}

bool Stamps::check(TaskId id, Reach reach) {
  const auto& node = graph_.tasks[id];
  const auto own = time(id, Variant::Task);
  if (!own || node.task->nostamp) return false;
  if (reach == Reach::Below && below_[id]) return *below_[id];
  bool out = true;
  for (TaskId need : node.needs) {
    if (graph_.tasks[need].recipe != node.recipe) continue;
    const auto theirs = time(need, Variant::Task);
    const auto restored = time(need, Variant::Setscene);
    if (restored && (!theirs || *restored > *theirs)) continue;
    out = theirs && *own >= *theirs && (reach == Reach::Direct || check(need, reach));
    if (!out) break;
  }
  if (reach == Reach::Below) below_[id] = out;
  return out;
}

}  // namespace hitz::schedule
