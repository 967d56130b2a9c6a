// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/schedule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace hitz::schedule {

namespace {

constexpr double kAtOnce = 1e18;  // the priority of what is only restored
constexpr double kByFar = 2;

class Run {
 public:
  Run(const graph::TaskGraph& graph, const IdVector<TaskId, double>& weight, const World& world,
      const Options& options)
      : graph_(graph),
        priority_(graph::criticality(graph, weight)),
        world_(world),
        options_(options) {}

  Result<Summary> all() {
    prepare(find_needs(graph_, world_));
    while (unfinished_ > 0) {
      TRY_VOID(start_ready());
      if (runs_.empty()) break;
      for (const Ended& ended : world_.wait()) finish(ended);
      if (world_.interrupts() >= 2) {
        world_.kill();
        break;  // of what was killed no end is told
      }
    }
    summary_.interrupted = world_.interrupts() > 0 && unfinished_ > 0;
    summary_.held = !summary_.interrupted && !stopping() && !ready_.empty();
    if (!summary_.interrupted && !summary_.held) summary_.blocked += unfinished_;
    return summary_;
  }

 private:
  struct Task {
    TaskState state = TaskState::Idle;
    Need need = Need::Nothing;
    int waits_for = 0;
    std::optional<std::size_t> work;  // in works_
  };

  void prepare(const IdVector<TaskId, Need>& needs) {
    tasks_ = IdVector<TaskId, Task>(graph_.tasks.size());
    number_works();
    for (TaskId id : graph_.order) {
      tasks_[id].need = needs[id];
      if (needs[id] == Need::UpToDate) ++summary_.up_to_date;
      if (needs[id] == Need::Restore || needs[id] == Need::Run) ++unfinished_;
    }
    for (TaskId id : graph_.order) {
      Task& task = tasks_[id];
      if (task.need == Need::Restore) enter(id, TaskState::Ready);
      if (task.need != Need::Run) continue;
      task.waits_for = count_open(id);
      enter(id, task.waits_for == 0 ? TaskState::Ready : TaskState::Waiting);
    }
  }

  void number_works() {
    if (!world_.work) return;
    std::map<std::string, std::size_t> numbers;
    for (TaskId id : graph_.order)
      tasks_[id].work = numbers.try_emplace(world_.work(id), numbers.size()).first->second;
    works_.resize(numbers.size(), TaskState::Idle);
  }

  TaskState work_of(TaskId id) const {
    return tasks_[id].work ? works_[*tasks_[id].work] : TaskState::Idle;
  }

  int count_open(TaskId id) const {
    int open = 0;
    for (TaskId need : graph_.tasks[id].needs) {
      Need kind = tasks_[need].need;
      if ((kind == Need::Restore || kind == Need::Run) && tasks_[need].state != TaskState::Done)
        ++open;
    }
    return open;
  }

  // The one place where a state changes; the queue and the counters are kept by it.
  void enter(TaskId id, TaskState state) {
    TaskState before = std::exchange(tasks_[id].state, state);
    if (tasks_[id].work &&
        (before == TaskState::Running || state == TaskState::Running || state == TaskState::Done))
      works_[*tasks_[id].work] = state;
    if (before == TaskState::Running) runs_.erase(id);
    if (state == TaskState::Running) runs_.insert(id);
    if (state == TaskState::Ready)
      ready_.insert({tasks_[id].need == Need::Restore ? kAtOnce : priority_[id], id});
    if (state == TaskState::Done || state == TaskState::Failed || state == TaskState::Blocked)
      --unfinished_;
    if (state == TaskState::Done) release_those_behind(id);
    if (state == TaskState::Failed || state == TaskState::Blocked) block_those_behind(id);
  }

  void release_those_behind(TaskId id) {
    for (TaskId later : graph_.tasks[id].needed_by) {
      Task& waiting = tasks_[later];
      if (waiting.state == TaskState::Waiting && --waiting.waits_for == 0)
        enter(later, TaskState::Ready);
    }
  }

  void block_those_behind(TaskId id) {
    for (TaskId later : graph_.tasks[id].needed_by) {
      if (tasks_[later].state != TaskState::Waiting) continue;
      ++summary_.blocked;
      enter(later, TaskState::Blocked);
    }
  }

  int running() const { return static_cast<int>(runs_.size()); }

  bool stopping() const {
    return world_.interrupts() > 0 || (summary_.failed > 0 && !options_.keep_going);
  }

  Result<void> start_ready() {
    std::vector<std::pair<double, TaskId>> held;
    auto done = start_ready(held);
    ready_.insert(held.begin(), held.end());
    return done;
  }

  Result<void> start_ready(std::vector<std::pair<double, TaskId>>& held) {
    while (!ready_.empty() && !stopping()) {
      if (ready_.begin()->first != kAtOnce && running() >= options_.parallel) return {};
      auto chosen = choose();
      auto [priority, id] = *chosen;
      bool restoring = tasks_[id].need == Need::Restore;
      ready_.erase(chosen);
      if (tasks_[id].state != TaskState::Ready) continue;
      // What nothing else could free a place for starts all the same, unless it is held.
      bool held_back = !restoring && ((world_.held && world_.held(id)) ||
                                      (running() > 0 && world_.may_start && !world_.may_start(id)));
      if (held_back || work_of(id) == TaskState::Running) {
        held.emplace_back(priority, id);
        continue;
      }
      if (work_of(id) == TaskState::Done) {
        ++summary_.up_to_date;
        enter(id, TaskState::Done);
        continue;
      }
      if (restoring) {
        TRY_VOID(restore(id));
        continue;
      }
      const Haste haste = haste_of(id);
      enter(id, TaskState::Running);
      TRY_VOID(world_.start(id, haste));
    }
    return {};
  }

  Haste haste_of(TaskId id) const {
    bool behind = std::any_of(runs_.begin(), runs_.end(),
                              [&](TaskId other) { return priority_[other] > priority_[id]; });
    return behind ? Haste::Behind : Haste::First;
  }

  // A result that turns out to be damaged makes the task one that must run, with all it needs for
  // that.
  Result<void> restore(TaskId id) {
    if (TRY(world_.restore(id))) {
      ++summary_.restored;
      enter(id, TaskState::Done);
      return {};
    }
    need_to_run(id);
    return {};
  }

  void need_to_run(TaskId id) {
    Task& task = tasks_[id];
    if (task.need == Need::Nothing) ++unfinished_;
    task.need = Need::Run;
    for (TaskId need : graph_.tasks[id].needs) {
      if (tasks_[need].need != Need::Nothing) continue;
      if (world_.up_to_date(need)) {
        tasks_[need].need = Need::UpToDate;
        ++summary_.up_to_date;
      } else if (world_.restorable(need)) {
        ++unfinished_;
        tasks_[need].need = Need::Restore;
        enter(need, TaskState::Ready);
      } else {
        need_to_run(need);
      }
    }
    task.waits_for = count_open(id);
    enter(id, task.waits_for == 0 ? TaskState::Ready : TaskState::Waiting);
  }

  void finish(const Ended& ended) {
    if (ended.success) {
      ++summary_.ran;
    } else {
      ++summary_.failed;
    }
    enter(ended.task, ended.success ? TaskState::Done : TaskState::Failed);
  }

  struct Sooner {
    bool operator()(const std::pair<double, TaskId>& a, const std::pair<double, TaskId>& b) const {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    }
  };
  using Ready = std::set<std::pair<double, TaskId>, Sooner>;

  bool is_wide(TaskId id) const { return world_.wide && world_.wide(id); }

  // Half of the places are for wide tasks and half for others as long as there are such, but for a
  // chain of work that is by far the longest.
  Ready::const_iterator choose() const {
    const auto first = ready_.begin();
    if (!world_.wide || first->first == kAtOnce) return first;
    const bool wide = is_wide(first->second);
    const auto alike =
        std::count_if(runs_.begin(), runs_.end(), [&](TaskId id) { return is_wide(id) == wide; });
    if (alike < std::max(1, options_.parallel / 2)) return first;
    auto other = std::find_if(first, ready_.end(),
                              [&](const auto& one) { return is_wide(one.second) != wide; });
    return other != ready_.end() && other->first * kByFar >= first->first ? other : first;
  }

  const graph::TaskGraph& graph_;
  IdVector<TaskId, double> priority_;
  const World& world_;
  const Options& options_;
  IdVector<TaskId, Task> tasks_;
  std::vector<TaskState> works_;  // of the one that does it, or did
  Ready ready_;
  Summary summary_;
  std::set<TaskId> runs_;
  int unfinished_ = 0;
};

}  // namespace

IdVector<TaskId, Need> find_needs(const graph::TaskGraph& graph, const World& world) {
  IdVector<TaskId, Need> out(graph.tasks.size(), Need::Nothing);
  std::vector<TaskId> open = graph.targets;
  while (!open.empty()) {
    TaskId id = open.back();
    open.pop_back();
    if (out[id] != Need::Nothing) continue;
    if (world.up_to_date(id)) {
      out[id] = Need::UpToDate;
    } else if (world.restorable(id)) {
      out[id] = Need::Restore;
    } else {
      out[id] = Need::Run;
      for (TaskId need : graph.tasks[id].needs) open.push_back(need);
    }
  }
  return out;
}

Result<Summary> run(const graph::TaskGraph& graph, const IdVector<TaskId, double>& weight,
                    const World& world, const Options& options) {
  return Run(graph, weight, world, options).all();
}

}  // namespace hitz::schedule
