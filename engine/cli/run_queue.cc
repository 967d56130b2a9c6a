// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/run_queue.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/processes.h"
#include "engine/cli/queue_facts.h"
#include "engine/cli/start_limits.h"
#include "engine/cli/task_times.h"
#include "engine/schedule/schedule.h"

namespace hitz::cli {

namespace {

class RunQueue {
 public:
  RunQueue(House& house, const BuildOptions& options) : house_(house), options_(options) {}

  Result<int> run(graph::TaskGraph graph) {
    facts_ = TRY(QueueFacts::of(house_, options_, std::move(graph), QueueFacts::Taints::Write));
    TRY_VOID(lock_.take(TRY(house_.world->config->text("TMPDIR"))));
    parallel_ = TRY(parallel_tasks(*house_.world->config));
    watch_interrupts();
    runner_ = TRY(make_runner(house_));
    limits_ = TRY(StartLimits::of(house_));
    note("Executing Tasks");
    scenes_ = TRY(facts_->decide([this](const auto& tasks) { return restore(tasks); }));
    if (options_.setscene == Setscene::Only || stops() > 0) return stops() > 0 ? 1 : status_;
    TRY_VOID(times_.open(house_.configuration.topdir));
    auto weights = weigh();
    auto summary =
        schedule::run(facts_->graph(), weights, outside(), {parallel_, options_.keep_going});
    runner_->kill_all();
    if (!summary) return fail(std::move(summary.error()));
    note("Tasks Summary: Attempted " + std::to_string(summary->ran + summary->failed) +
         " tasks of which " + std::to_string(spared_) + " didn't need to be rerun and " +
         (summary->failed == 0 ? "all succeeded." : std::to_string(summary->failed) + " failed."));
    if (summary->interrupted) return interrupts() > 0 ? 130 : 1;
    return summary->success() ? status_ : 1;
  }

 private:
  enum class Kind { Task, Setscene };

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
        TRY_VOID(start(tasks[next++], Kind::Setscene));
        continue;
      }
      if (!more && runner_->running() == 0) break;
      for (const auto& ended : runner_->wait(1000)) {
        if (ended.status == 0) continue;
        failed.push_back({ended.number});
        event::log(*house_.events, event::Level::Warning,
                   "Setscene task (" + facts_->name({ended.number}) +
                       "_setscene) failed with exit code '" + std::to_string(ended.status) +
                       "' - real task will be run instead");
      }
    }
    for (; next < tasks.size(); ++next) failed.push_back(tasks[next]);
    return failed;
  }

  // ---- tasks; those that are spared end at once
  schedule::World outside() {
    schedule::World out;
    out.up_to_date = [](TaskId) { return false; };
    out.restorable = [](TaskId) { return false; };
    out.restore = [](TaskId) -> Result<bool> { return false; };
    out.start = [this](TaskId id) { return begin(id); };
    out.wait = [this] { return wait(); };
    out.may_start = [this](TaskId id) { return limits_->may_start(facts_->task(id).name); };
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
    const auto& recipe = facts_->recipe(id);
    return recipe.pn + "-" + recipe.pv + "-" + recipe.pr + " " + facts_->task(id).name;
  }

  Result<void> begin(TaskId id) {
    ++number_;
    if (facts_->spared(id, scenes_)) {
      ++spared_;
      ended_.push_back({id, true});
      return {};
    }
    TRY_VOID(facts_->check_allowed(id, scenes_));
    bool noexec = facts_->task(id).noexec;
    note(std::string("Running ") + (noexec ? "noexec task " : "task ") + std::to_string(number_) +
         " of " + std::to_string(facts_->graph().tasks.size()) + " (" + facts_->name(id) + ")");
    if (!noexec && !facts_->enforcing()) return start(id, Kind::Task);
    if (noexec && !facts_->enforcing())
      TRY_VOID(exec::make_stamp(facts_->recipe(id), facts_->task(id).name, facts_->stamp(id)));
    ended_.push_back({id, true});
    return {};
  }

  Result<void> start(TaskId id, Kind kind) {
    const auto& recipe = facts_->recipe(id);
    // Here, for all of the recipe's tasks, and not in each process.
    auto store = TRY(recipe.store.get());
    exec::Job job;
    job.network = TRY(uses_network(*store, facts_->task(id).name));
    job.number = id.value;
    job.recipe = &recipe;
    bool scene = kind == Kind::Setscene;
    if (scene) {
      ++scene_number_;
      note("Running setscene task " + std::to_string(scene_number_) + " (" + facts_->name(id) +
           "_setscene)");
    }
    if (!scene) limits_->started(facts_->task(id).name);
    job.task = scene ? recipe.task(facts_->task(id).name + "_setscene") : &facts_->task(id);
    job.label = recipe.pn + "-" + recipe.pv + "-" + recipe.pr + " " + job.task->name;
    job.hash = facts_->signature(id).hash.hex;
    job.unihash = facts_->signature(id).unihash.hex;
    using Variant = QueueFacts::Variant;
    if (!job.task->nostamp)
      job.stamp = facts_->stamp(id, scene ? Variant::Setscene : Variant::Task);
    job.prepare = [this, id, kind](data::Store& d) -> Result<void> {
      TRY(house_.python->call("bb.build", "_set_taskdepdata", &d, {dependency_data(id, kind)}));
      return {};
    };
    return runner_->start(std::move(job));
  }

  std::vector<schedule::Ended> wait() {
    if (!ended_.empty()) return std::exchange(ended_, {});
    std::vector<schedule::Ended> out;
    house_.events->send(event::TaskProgress{});  // time passes on the board too
    limits_->watch();
    for (const auto& finished : runner_->wait(1000)) {
      TaskId id{finished.number};
      limits_->ended(facts_->task(id).name);
      bool success = finished.status == 0;
      const std::string& pn = facts_->recipe(id).pn;
      const std::string& task = facts_->task(id).name;
      if (success) times_.note(pn, task, finished.took_ms);
      auto ending = success ? event::Ending::Succeeded : event::Ending::Failed;
      house_.events->send(event::TaskEnded{label(id), pn, task, ending, finished.log, finished.why,
                                           finished.took_ms});
      if (!success)
        event::log(*house_.events, event::Level::Error,
                   "Task (" + facts_->name(id) + ") failed with exit code '" +
                       std::to_string(finished.status) + "'");
      out.push_back({id, success});
    }
    return out;
  }

  const std::vector<TaskId>& needs(TaskId id, Kind kind) const {
    const auto& node = facts_->graph().tasks[id];
    return kind == Kind::Setscene ? node.setscene_needs : node.needs;
  }

  // BB_TASKDEPDATA: every task behind this one, a record each.
  std::string dependency_data(TaskId from, Kind kind) const {
    std::string out;
    std::set<TaskId> seen = {from};
    std::vector<TaskId> open = {from};
    while (!open.empty()) {
      TaskId at = open.back();
      open.pop_back();
      const auto& recipe = facts_->recipe(at);
      std::vector<std::string> names;
      for (TaskId need : needs(at, kind)) {
        names.push_back(facts_->name(need));
        if (seen.insert(need).second) open.push_back(need);
      }
      out += facts_->name(at) + "\x1f" + recipe.pn + "\x1f" + facts_->task(at).name + "\x1f" +
             recipe.virtual_file + "\x1f" + join(names, " ") + "\x1f" + join(recipe.provides, " ") +
             "\x1f" + facts_->signature(at).hash.hex + "\x1f" + facts_->signature(at).unihash.hex +
             "\x1e";
    }
    return out;
  }

  House& house_;
  const BuildOptions& options_;
  std::unique_ptr<QueueFacts> facts_;
  schedule::Scenes scenes_;
  BuildLock lock_;
  std::unique_ptr<StartLimits> limits_;
  TaskTimes times_;
  std::unique_ptr<exec::Retries> runner_;
  std::vector<schedule::Ended> ended_;
  int parallel_ = 1;
  int number_ = 0, scene_number_ = 0, spared_ = 0;
  int status_ = 0;
};

}  // namespace

Result<int> run_queue(House& house, const BuildOptions& options, graph::TaskGraph graph) {
  return RunQueue(house, options).run(std::move(graph));
}

}  // namespace hitz::cli
