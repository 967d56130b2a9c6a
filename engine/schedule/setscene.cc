// SPDX-License-Identifier: Apache-2.0
// The graph of tasks is folded to those that have a _setscene variant: each stands above the next
// ones that it reaches through tasks without one, and covers these. From the top down each is
// restored, found not to be needed, or given up; what covers a task and is restored spares it.
#include "engine/schedule/setscene.h"

#include <algorithm>
#include <utility>

namespace hitz::schedule {

namespace {

using Tasks = std::vector<TaskId>;

class Deciding {
 public:
  Deciding(const graph::TaskGraph& graph, const SceneWorld& world, const SceneOptions& options)
      : graph_(graph),
        world_(world),
        options_(options),
        above_(graph.tasks.size()),
        below_(graph.tasks.size()),
        covers_(graph.tasks.size()),
        hard_users_(graph.tasks.size()),
        buildable_(graph.tasks.size(), false),
        running_(graph.tasks.size(), false),
        waits_hard_(graph.tasks.size(), false),
        hard_needed_(graph.tasks.size(), false),
        done_(graph.tasks.size(), false),
        unskippable_(graph.tasks.size(), false),
        target_(graph.tasks.size(), false),
        unavailable_(graph.tasks.size(), false) {
    out_.fates = IdVector<TaskId, Scene>(graph.tasks.size(), Scene::None);
  }

  Result<Scenes> run() {
    for (TaskId id : graph_.targets) target_[id] = true;
    for (TaskId id : graph_.order) {
      if (!graph_.tasks[id].setscene) continue;
      scenes_.push_back(id);
      out_.fates[id] = Scene::Undecided;
    }
    std::sort(scenes_.begin(), scenes_.end());
    for (TaskId id : scenes_) fold(id);
    find_unskippable();
    for (TaskId id : scenes_) {
      if (above_[id].empty()) buildable_[id] = true;
    }
    TRY_VOID(look_around());
    for (bool moved = true; moved;) {
      moved = false;
      for (TaskId id : scenes_) {
        if (!buildable_[id] || running_[id] || waits_hard_[id]) continue;
        TRY_VOID(step(id));
        moved = true;
      }
      if (!wanted_.empty()) TRY_VOID(restore());
    }
    cover();
    return std::move(out_);
  }

 private:
  bool has_scene(TaskId id) const { return graph_.tasks[id].setscene; }
  bool covered(TaskId id) const {
    Scene fate = out_.fates[id];
    return fate == Scene::Restored || fate == Scene::Present || fate == Scene::NotNeeded;
  }
  bool decided(TaskId id) const { return covered(id) || out_.fates[id] == Scene::Unavailable; }
  bool all(const Tasks& tasks, bool (Deciding::*fact)(TaskId) const) const {
    return std::all_of(tasks.begin(), tasks.end(), [&](TaskId id) { return (this->*fact)(id); });
  }

  // What a task reaches without passing another that has a variant.
  void fold(TaskId top) {
    Tasks open(graph_.tasks[top].needs);
    std::vector<TaskId> seen;
    std::set<TaskId> met;
    while (!open.empty()) {
      TaskId id = open.back();
      open.pop_back();
      if (!met.insert(id).second) continue;
      if (has_scene(id)) {
        below_[top].push_back(id);
        above_[id].push_back(top);
        continue;
      }
      covers_[top].push_back(id);
      for (TaskId need : graph_.tasks[id].needs) {
        if (!met.contains(need)) open.push_back(need);
      }
    }
    std::sort(below_[top].begin(), below_[top].end());
    for (TaskId need : graph_.tasks[top].setscene_needs) hard_users_[need].push_back(top);
  }

  // What the targets need down to the first variants.
  void find_unskippable() {
    Tasks open;
    for (std::uint32_t i = 0; i < graph_.tasks.size(); ++i) {
      TaskId id{i};
      if (graph_.tasks[id].needed_by.empty() || (target_[id] && !has_scene(id))) open.push_back(id);
    }
    while (!open.empty()) {
      TaskId id = open.back();
      open.pop_back();
      if (unskippable_[id]) continue;
      unskippable_[id] = true;
      if (has_scene(id)) continue;
      done_[id] = true;
      for (TaskId need : graph_.tasks[id].needs) open.push_back(need);
    }
  }

  // What is there already, and what can be fetched.
  Result<void> look_around() {
    Tasks wanted;
    std::size_t stamped = 0;
    for (TaskId id : scenes_) {
      if (graph_.tasks[id].task->noexec) {
        enter(id, Scene::Present);
      } else if (world_.present(id)) {
        ++stamped;
        enter(id, Scene::Present);
      } else {
        wanted.push_back(id);
        unavailable_[id] = true;
      }
    }
    for (TaskId id : TRY(world_.available(wanted, stamped))) unavailable_[id] = false;
    return {};
  }

  Result<void> restore() {
    Tasks wanted = std::exchange(wanted_, {});
    Tasks failed;
    if (world_.restore) failed = TRY(world_.restore(wanted));
    for (TaskId id : wanted) {
      bool done = std::find(failed.begin(), failed.end(), id) == failed.end();
      if (done) out_.restored.push_back(id);
      enter(id, done ? Scene::Restored : Scene::Unavailable);
    }
    return {};
  }

  Result<void> step(TaskId id) {
    bool may_skip = !unskippable_[id] && !above_[id].empty() && !hard_needed_[id] &&
                    all(above_[id], &Deciding::covered);
    if (may_skip && !target_[id]) {
      std::set<TaskId> users(above_[id].begin(), above_[id].end());
      if (TRY(world_.not_needed(id, users, not_needed_))) {
        enter(id, Scene::NotNeeded);
        not_needed_.insert(id);
        return {};
      }
    }
    const auto& hard = graph_.tasks[id].setscene_needs;
    if (!all(hard, &Deciding::decided)) {
      for (TaskId need : hard) {
        buildable_[need] = true;
        hard_needed_[need] = true;
      }
      waits_hard_[id] = true;
      return {};
    }
    bool given_up = unavailable_[id] || world_.forced(id) || !options_.restore;
    if (given_up) {
      enter(id, Scene::Unavailable);
    } else {
      running_[id] = true;
      wanted_.push_back(id);
    }
    return {};
  }

  void enter(TaskId id, Scene fate) {
    running_[id] = true;
    buildable_[id] = true;
    out_.fates[id] = fate;
    if (fate == Scene::Unavailable) give_up_users(id);
    for (TaskId next : below_[id]) {
      if (all(above_[next], &Deciding::decided)) buildable_[next] = true;
    }
    mark_done(id);
    for (TaskId user : hard_users_[id]) {
      if (all(graph_.tasks[user].setscene_needs, &Deciding::decided)) waits_hard_[user] = false;
    }
  }

  // A variant whose own needs cannot be restored is not restored either.
  void give_up_users(TaskId id) {
    for (TaskId user : hard_users_[id]) {
      if (decided(user) || graph_.tasks[user].task->noexec || world_.present(user)) continue;
      enter(user, Scene::Unavailable);
    }
  }

  // Down to what everybody above has been decided about.
  void mark_done(TaskId id) {
    Tasks open{id};
    while (!open.empty()) {
      TaskId at = open.back();
      open.pop_back();
      done_[at] = true;
      for (TaskId need : graph_.tasks[at].needs) {
        if (has_scene(need) || done_[need]) continue;
        const auto& users = graph_.tasks[need].needed_by;
        if (std::all_of(users.begin(), users.end(), [&](TaskId user) { return done_[user]; }))
          open.push_back(need);
      }
    }
  }

  void cover() {
    out_.covered = IdVector<TaskId, bool>(graph_.tasks.size(), false);
    for (TaskId id : scenes_) {
      if (!covered(id)) continue;
      out_.covered[id] = true;
      for (TaskId other : covers_[id]) out_.covered[other] = true;
    }
    for (TaskId id : scenes_) {
      if (out_.fates[id] != Scene::Unavailable) continue;
      out_.covered[id] = false;
      for (TaskId other : covers_[id]) out_.covered[other] = false;
    }
    for (std::uint32_t i = 0; i < graph_.tasks.size(); ++i) {
      TaskId id{i};
      if (!has_scene(id) && (unskippable_[id] || !done_[id])) out_.covered[id] = false;
    }
  }

  const graph::TaskGraph& graph_;
  const SceneWorld& world_;
  const SceneOptions& options_;
  Scenes out_;
  Tasks scenes_;
  IdVector<TaskId, Tasks> above_, below_;  // of those with variants, the next ones
  IdVector<TaskId, Tasks> covers_;         // tasks without a variant that one with it reaches
  IdVector<TaskId, Tasks> hard_users_;     // whose setscene_needs name it
  IdVector<TaskId, bool> buildable_, running_;
  IdVector<TaskId, bool> waits_hard_;   // for its setscene_needs
  IdVector<TaskId, bool> hard_needed_;  // by such a one
  IdVector<TaskId, bool> done_;         // all above it is decided
  IdVector<TaskId, bool> unskippable_, target_, unavailable_;
  Tasks wanted_;  // to be restored in this round
  std::set<TaskId> not_needed_;
};

}  // namespace

std::size_t Scenes::count(Scene fate) const {
  return static_cast<std::size_t>(std::count(fates.begin(), fates.end(), fate));
}

Result<Scenes> decide_scenes(const graph::TaskGraph& graph, const SceneWorld& world,
                             const SceneOptions& options) {
  return Deciding(graph, world, options).run();
}

}  // namespace hitz::schedule
