// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/run_queue.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/build_events.h"
#include "engine/cli/processes.h"
#include "engine/cli/queue_facts.h"
#include "engine/cli/start_limits.h"
#include "engine/cli/task_jobs.h"
#include "engine/cli/task_times.h"
#include "engine/schedule/schedule.h"

namespace hitz::cli {

namespace {

class RunQueue {
 public:
  RunQueue(House& house, const BuildOptions& options) : house_(house), options_(options) {}

  Result<int> run(graph::TaskGraph graph) {
    std::string tmp = TRY(house_.world->config->text("TMPDIR"));
    TRY_VOID(lock_.take(tmp));
    TRY_VOID(recover_work(house_, tmp));
    events_.emplace(TRY(BuildEvents::open(house_)));
    TRY_VOID(events_->parsed());
    TRY_VOID(house_.begin_hashing(graph));  // handlers look whether the host can build
    TRY_VOID(events_->started(target_names(graph)));
    auto status = run_tasks(std::move(graph));
    int failures = counts_.failed > 0 ? counts_.failed : status && *status == 0 ? 0 : 1;
    auto told = events_->completed(counts_.total, failures, std::min(interrupts(), 2));
    if (!status) return status;
    if (!told) return fail(std::move(told.error()));
    return status;
  }

 private:
  enum class Kind { Task, Setscene };

  Result<int> run_tasks(graph::TaskGraph graph) {
    facts_ = TRY(QueueFacts::of(house_, options_, std::move(graph), QueueFacts::Taints::Write));
    parallel_ =
        options_.parallel > 0 ? options_.parallel : TRY(parallel_tasks(*house_.world->config));
    watch_interrupts();
    TRY_VOID(make_jobs());
    runner_ = TRY(make_runner(house_));
    limits_ = TRY(StartLimits::of(house_));
    counts_.total = static_cast<int>(facts_->graph().tasks.size());
    TRY_VOID(events_->stale(facts_->stale_stamps()));
    TRY_VOID(times_.open(house_.configuration.topdir));
    done_ = held_ = IdVector<TaskId, bool>(facts_->graph().tasks.size(), false);
    auto summary = run_rounds();
    runner_->kill_all();
    TRY_VOID(facts_->keep(equivalent_));
    if (!summary) return fail(std::move(summary.error()));
    if (!summary_told_) return stops() > 0 ? 1 : 0;
    note("Tasks Summary: Attempted " + std::to_string(summary->ran + summary->failed) +
         " tasks of which " + std::to_string(spared_) + " didn't need to be rerun and " +
         (summary->failed == 0 ? "all succeeded." : std::to_string(summary->failed) + " failed."));
    if (summary->interrupted) return interrupts() > 0 ? 130 : 1;
    return summary->success() ? 0 : 1;
  }

  Result<void> make_jobs() {
    jobs_.emplace(TRY(TaskJobs::of(house_, *facts_, events_->settings())));
    return jobs_->tell_worker(lock_.descriptor());
  }

  // A round ends when tasks have found out that their results are equivalent to others: what waits
  // for these has other hashes then, and may be restored.
  Result<schedule::Summary> run_rounds() {
    schedule::Summary all;
    for (;;) {
      scenes_ = TRY(facts_->decide([this](const auto& tasks) {
        tell_execution();
        return restore(tasks);
      }));
      tell_execution();
      TRY_VOID(events_->restored(counts_));
      if (options_.setscene == Setscene::Only || stops() > 0) return all;
      summary_told_ = true;
      bool equivalence = !TRY(house_.world->config->text("BB_HASHSERVE")).empty();
      if (equivalence && !scenes_.restored.empty()) held_ = facts_->unsettled(scenes_);
      auto round =
          TRY(schedule::run(facts_->graph(), weigh(), outside(), {parallel_, options_.keep_going}));
      all.ran += round.ran;
      all.failed += round.failed;
      all.blocked = round.blocked;
      all.interrupted = round.interrupted;
      if (!round.held) return all;
      for (TaskId id : scenes_.restored) done_[id] = true;  // its hash may be another, it is there
      TRY_VOID(facts_->sign_again(equivalent_, done_));
      TRY_VOID(make_jobs());
      held_ = IdVector<TaskId, bool>(facts_->graph().tasks.size(), false);
    }
  }

  void tell_execution() {
    if (!std::exchange(execution_told_, true)) note("Executing Tasks");
  }

  // A task tells what stands for its result: "virtual:native:/path.bb:do_x HASH".
  void learn(TaskId id, const std::string& text) {
    std::string hash = text.substr(text.rfind(' ') + 1);
    if (facts_->signature(id).unihash.hex == hash) return;
    equivalent_[id] = hash;
    std::vector<TaskId> open = facts_->graph().tasks[id].needed_by;
    while (!open.empty()) {
      TaskId later = open.back();
      open.pop_back();
      if (held_[later]) continue;
      held_[later] = true;
      const auto& next = facts_->graph().tasks[later].needed_by;
      open.insert(open.end(), next.begin(), next.end());
    }
  }

  std::vector<std::string> target_names(const graph::TaskGraph& graph) const {
    std::vector<std::string> out;
    for (TaskId id : graph.targets)
      out.push_back(house_.world->recipes[graph.tasks[id].recipe].pn + ":" +
                    graph.tasks[id].task->name);
    return out;
  }

  // What metadata hears of one task.
  Result<void> tell(const std::string& kind, TaskId id, int status = 0,
                    const std::string& reason = "") {
    return events_->task(
        kind,
        {facts_->name(id), facts_->signature(id).hash.hex, facts_->task(id).noexec, status, reason},
        counts_);
  }

  void note(const std::string& text) const { event::log(*house_.events, event::Level::Note, text); }

  // How often the user, or a disk, has asked to stop.
  int stops() const { return std::max(interrupts(), limits_->stop()); }

  // ---- setscene tasks, as many at once as may run
  Result<std::vector<TaskId>> restore(const std::vector<TaskId>& tasks) {
    std::vector<TaskId> failed;
    std::size_t next = 0;
    while (next < tasks.size() || runner_->running() > 0) {
      bool more = next < tasks.size() && stops() == 0;
      if (more && runner_->running() < static_cast<std::size_t>(parallel_)) {
        TaskId id = tasks[next++];
        if (unrestorable_.contains(id)) {
          failed.push_back(id);
        } else {
          TRY_VOID(start(id, Kind::Setscene, schedule::Haste::First));
        }
        continue;
      }
      if (!more && runner_->running() == 0) break;
      TRY_VOID(events_->heartbeat());
      house_.events->send(event::TaskProgress{});
      limits_->watch();
      if (stops() > 1) {
        runner_->kill_all();
        break;
      }
      for (const auto& ended : runner_->wait(1000)) {
        if (!TRY(end_restore(ended))) failed.push_back({ended.number});
      }
    }
    for (; next < tasks.size(); ++next) failed.push_back(tasks[next]);
    return failed;
  }

  Result<bool> end_restore(const exec::Finished& ended) {
    TaskId id{ended.number};
    bool good = ended.status == 0;
    --counts_.setscene_active;
    ++(good ? counts_.setscene_covered : counts_.setscene_notcovered);
    TRY_VOID(tell(good ? "sceneQueueTaskCompleted" : "sceneQueueTaskFailed", id, ended.status));
    house_.events->send(event::TaskEnded{label(id) + "_setscene", facts_->recipe(id).pn,
                                         facts_->task(id).name + "_setscene",
                                         good ? event::Ending::Succeeded : event::Ending::Skipped,
                                         ended.log, ended.why, ended.took_ms});
    if (good) return true;
    unrestorable_.insert(id);
    house_.events->send(
        event::Log{event::Level::Warning,
                   "Setscene task (" + facts_->name(id) + "_setscene) failed with exit code '" +
                       std::to_string(ended.status) + "' - real task will be run instead",
                   false});
    return false;
  }

  // ---- tasks; those that are spared end at once
  schedule::World outside() {
    schedule::World out;
    out.up_to_date = [this](TaskId id) { return done_[id]; };
    out.held = [this](TaskId id) { return held_[id]; };
    out.restorable = [](TaskId) { return false; };
    out.restore = [](TaskId) -> Result<bool> { return false; };
    out.start = [this](TaskId id, schedule::Haste haste) { return begin(id, haste); };
    out.wait = [this] { return wait(); };
    out.may_start = [this](TaskId id) { return limits_->may_start(facts_->task(id).name); };
    out.wide = [this](TaskId id) { return facts_->task(id).name == "do_compile"; };
    out.interrupts = [this] { return stops(); };
    out.kill = [this] { runner_->kill_all(); };
    return out;
  }

  // How long tasks took before says which chain is the longest, and how long all will take.
  IdVector<TaskId, double> weigh() {
    IdVector<TaskId, double> out(facts_->graph().tasks.size(), 1.0);
    event::BuildStarted started;
    started.tasks = static_cast<int>(out.size());
    started.parallel = parallel_;
    tell_of_logs(*house_.world->config, started);
    for (TaskId id : facts_->graph().order) {
      auto ms = times_.of(facts_->recipe(id).pn, facts_->task(id).name);
      if (!ms || scenes_.covered[id] || exists(facts_->stamp(id))) continue;
      out[id] += static_cast<double>(*ms);
      started.expected_ms[label(id)] = *ms;
    }
    house_.events->send(started);
    return out;
  }

  std::string label(TaskId id) const {
    return exec::task_label(facts_->recipe(id), facts_->task(id).name);
  }

  Result<void> begin(TaskId id, schedule::Haste haste) {
    ++number_;
    if (facts_->spared(id, scenes_)) {
      ++spared_;
      TRY_VOID(tell("runQueueTaskSkipped", id, 0, scenes_.covered[id] ? "covered" : "existing"));
      ++counts_.skipped;
      ++counts_.completed;
      ended_.push_back({id, true});
      return {};
    }
    TRY_VOID(facts_->check_allowed(id, scenes_));
    bool noexec = facts_->task(id).noexec;
    note(std::string("Running ") + (noexec ? "noexec task " : "task ") + std::to_string(number_) +
         " of " + std::to_string(facts_->graph().tasks.size()) + " (" + facts_->name(id) + ")");
    TRY_VOID(tell("runQueueTaskStarted", id));
    ++counts_.active;
    if (!noexec && !facts_->enforcing()) {
      limits_->started(facts_->task(id).name);
      return start(id, Kind::Task, haste);
    }
    if (noexec && !facts_->enforcing())
      TRY_VOID(exec::make_stamp(facts_->recipe(id), facts_->task(id).name, facts_->stamp(id)));
    TRY_VOID(count_ended(id, 0));
    ended_.push_back({id, true});
    return {};
  }

  Result<void> start(TaskId id, Kind kind, schedule::Haste haste) {
    bool scene = kind == Kind::Setscene;
    using Variant = QueueFacts::Variant;
    auto job = TRY(jobs_->order(id, scene ? Variant::Setscene : Variant::Task, haste));
    if (scene) {
      ++scene_number_;
      TRY_VOID(tell("sceneQueueTaskStarted", id));
      ++counts_.setscene_active;
      note("Running setscene task " + std::to_string(scene_number_) + " (" + facts_->name(id) +
           "_setscene)");
    }
    if (!scene) {
      job.told = [this, id, other = std::move(job.told)](const std::string& told,
                                                         const std::string& text) {
        if (told == "unihash") return learn(id, text);
        other(told, text);
      };
    }
    return runner_->start(std::move(job));
  }

  Result<void> count_ended(TaskId id, int status) {
    --counts_.active;
    ++(status == 0 ? counts_.completed : counts_.failed);
    return tell(status == 0 ? "runQueueTaskCompleted" : "runQueueTaskFailed", id, status);
  }

  std::vector<schedule::Ended> wait() {
    (void)events_->heartbeat();
    if (!ended_.empty()) return finished(std::exchange(ended_, {}));
    std::vector<schedule::Ended> out;
    house_.events->send(event::TaskProgress{});  // time passes on the board too
    limits_->watch();
    for (const auto& finished : runner_->wait(1000)) {
      TaskId id{finished.number};
      limits_->ended(facts_->task(id).name);
      (void)count_ended(id, finished.status);
      bool success = finished.status == 0;
      const std::string& pn = facts_->recipe(id).pn;
      const std::string& task = facts_->task(id).name;
      if (success) times_.note(pn, task, finished.took_ms);
      auto ending = success ? event::Ending::Succeeded : event::Ending::Failed;
      house_.events->send(event::TaskEnded{label(id), pn, task, ending, finished.log, finished.why,
                                           finished.took_ms, facts_->name(id), finished.status,
                                           finished.shown});
      out.push_back({id, success});
    }
    return finished(std::move(out));
  }

  std::vector<schedule::Ended> finished(std::vector<schedule::Ended> ended) {
    for (const auto& one : ended) done_[one.task] = one.success;
    return ended;
  }

  House& house_;
  const BuildOptions& options_;
  std::unique_ptr<QueueFacts> facts_;
  std::optional<TaskJobs> jobs_;
  std::optional<BuildEvents> events_;
  QueueCounts counts_;
  schedule::Scenes scenes_;
  IdVector<TaskId, bool> done_, held_;
  std::set<TaskId> unrestorable_;             // tried in vain
  std::map<TaskId, std::string> equivalent_;  // learned while tasks ran
  bool summary_told_ = false, execution_told_ = false;
  BuildLock lock_;
  std::unique_ptr<StartLimits> limits_;
  TaskTimes times_;
  std::unique_ptr<exec::Retries> runner_;
  std::vector<schedule::Ended> ended_;
  int parallel_ = 1;
  int number_ = 0, scene_number_ = 0, spared_ = 0;
};

}  // namespace

Result<int> run_queue(House& house, const BuildOptions& options, graph::TaskGraph graph) {
  return RunQueue(house, options).run(std::move(graph));
}

}  // namespace hitz::cli
