// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/build.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/cli/invalidation.h"
#include "engine/cli/processes.h"
#include "engine/cli/start_limits.h"
#include "engine/cli/task_jobs.h"
#include "engine/cli/task_times.h"
#include "engine/exec/runner.h"
#include "engine/schedule/schedule.h"
#include "engine/signature/task_hash.h"

namespace hitz::cli {

namespace {

using graph::TaskId;
using Clock = std::chrono::steady_clock;

std::int64_t ms_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

class Building {
 public:
  Building(House& house, const BuildOptions& options, graph::TaskGraph graph)
      : house_(house), options_(options), world_(*house.world), graph_(std::move(graph)) {}

  Result<int> run() {
    started_ = Clock::now();
    if (options_.taints) TRY_VOID(taint(house_, TRY(invalidated(house_, graph_, options_))));
    TRY_VOID(house_.hash_recipes(graph_));
    signatures_ = TRY(signature::sign(world_, graph_, house_.scanner));
    if (!options_.taints) TRY_VOID(clear());
    tmp_ = TRY(world_.config->text("TMPDIR"));
    if (!options_.no_cache) cache_ = TRY(open_cache(*world_.config));
    known_ = IdVector<TaskId, std::optional<action::ActionResult>>(graph_.tasks.size());
    if (options_.dry_run) return tell();
    TRY_VOID(lock_.take(tmp_));
    TRY_VOID(recover_work(house_, tmp_));
    TRY_VOID(times_.open(house_.configuration.topdir));
    watch_interrupts();
    auto how = TRY(schedule_options());
    runner_ = TRY(make_runner(house_));
    limits_ = TRY(StartLimits::of(house_));
    auto world = outside();
    tell_start(world);
    auto summary = schedule::run(graph_, weights(), world, how);
    runner_->kill_all();
    if (!summary) return fail(std::move(summary.error()));
    house_.events->send(event::BuildFinished{summary->ran, summary->restored, summary->up_to_date,
                                             summary->failed, summary->blocked,
                                             ms_since(started_)});
    if (summary->interrupted) return interrupts() > 0 ? 130 : 2;
    return summary->success() ? 0 : worst_;
  }

 private:
  // -C: a task of the targets' recipes, and all that waits for it.
  Result<void> clear() {
    if (options_.clear_stamp.empty()) return {};
    std::string wanted = options_.clear_stamp;
    if (!wanted.starts_with("do_")) wanted = "do_" + wanted;
    std::set<recipe::RecipeId> recipes;
    std::vector<std::string> names;
    for (TaskId target : graph_.targets) {
      recipes.insert(graph_.tasks[target].recipe);
      for (const auto& known : recipe(target).tasks) names.push_back(known.name);
    }
    for (TaskId id : graph_.order) {
      const auto& needs = graph_.tasks[id].needs;
      bool named = task(id).name == wanted && recipes.contains(graph_.tasks[id].recipe);
      if (named || std::any_of(needs.begin(), needs.end(),
                               [&](TaskId need) { return cleared_.contains(need); }))
        cleared_.insert(id);
    }
    if (cleared_.empty())
      return input_error("no task " + wanted + " leads to the targets" + suggestion(wanted, names));
    return {};
  }

  // ---- facts about tasks
  const recipe::Recipe& recipe(TaskId id) const { return world_.recipes[graph_.tasks[id].recipe]; }
  const recipe::Task& task(TaskId id) const { return *graph_.tasks[id].task; }
  const std::string& hash(TaskId id) const { return signatures_.tasks[id].unihash.hex; }
  std::string stamp(TaskId id) const {
    return signature::stamp_path(recipe(id), task(id).name, hash(id));
  }
  std::string label(TaskId id) const { return exec::task_label(recipe(id), task(id).name); }
  bool forced(TaskId id) const {
    if (cleared_.contains(id)) return true;
    return options_.force && !options_.taints &&
           std::find(graph_.targets.begin(), graph_.targets.end(), id) != graph_.targets.end();
  }

  std::vector<std::string> outputs(TaskId id) const { return words(task(id).outputs); }

  action::ActionKey key(TaskId id) const {
    std::string text = "hitz-action-1\n" + hash(id) + "\n";
    for (const auto& path : outputs(id))
      text += (path.starts_with(tmp_ + "/") ? path.substr(tmp_.size() + 1) : path) + "\n";
    return {sha256_hex(text)};
  }

  bool up_to_date(TaskId id) const {
    if (task(id).nostamp || forced(id) || !exists(stamp(id))) return false;
    auto paths = outputs(id);
    return std::all_of(paths.begin(), paths.end(),
                       [](const std::string& path) { return exists(path); });
  }

  bool restorable(TaskId id) {
    if (!cache_ || task(id).nostamp || forced(id) || outputs(id).empty()) return false;
    auto found = cache_->find(key(id));
    if (!found || !*found) return false;
    known_[id] = std::move(**found);
    return true;
  }

  Result<bool> restore(TaskId id) {
    auto begun = Clock::now();
    auto laid = cache::restore(*cache_, *known_[id], tmp_);
    if (!laid) {
      event::log(*house_.events, event::Level::Warning,
                 label(id) + ": cannot be restored, so it runs: " + laid.error().text());
      return false;
    }
    TRY_VOID(exec::make_stamp(recipe(id), task(id).name, stamp(id)));
    house_.events->send(event::TaskEnded{label(id), recipe(id).pn, task(id).name,
                                         event::Ending::Restored, "", "", ms_since(begun)});
    return true;
  }

  // ---- running
  Result<void> start(TaskId id, schedule::Haste haste) {
    if (task(id).noexec) {
      TRY_VOID(exec::make_stamp(recipe(id), task(id).name, stamp(id)));
      ended_.push_back({id, true});
      return {};
    }
    // Here, for all of the recipe's tasks, and not in each process.
    TRY(recipe(id).store.get());
    exec::Job job;
    job.network = TRY(uses_network(task(id)));
    limits_->started(task(id).name);
    job.number = id.value;
    job.recipe = &recipe(id);
    job.task = &task(id);
    job.label = label(id);
    job.hash = signatures_.tasks[id].hash.hex;
    job.unihash = hash(id);
    job.stamp = task(id).nostamp ? "" : stamp(id);
    job.marks = marks_folder(tmp_);
    job.gives_way = haste == schedule::Haste::Behind;
    job.prepare = [this, id](data::Store& d) -> Result<void> {
      TRY_VOID(d.set("BB_NUMBER_THREADS", std::to_string(parallel_), data::Writer::Code));
      return house_.python->set_task_dependencies(d, dependency_data(id));
    };
    job.keep = [this, id]() { return keep(id); };
    return runner_->start(std::move(job));
  }

  // In the task's process: its outputs into the cache, under its key.
  Result<void> keep(TaskId id) {
    auto paths = outputs(id);
    if (paths.empty() || options_.no_cache) return {};
    for (const auto& path : paths) {
      if (!exists(path))
        return input_error("the task " + label(id) + " declares the output " + path +
                           " but did not make it");
    }
    auto cache = TRY(open_cache(*world_.config));
    auto result = TRY(cache::capture(*cache, paths, tmp_));
    result.task = label(id);
    return cache->record(key(id), result);
  }

  std::string dependency_data(TaskId from) const {
    return cli::dependency_data(
        from, {graph_, [this](TaskId id) -> const auto& { return recipe(id); },
               [this](TaskId id) -> const auto& { return signatures_.tasks[id]; },
               [this](TaskId id) -> const auto& { return graph_.tasks[id].needs; }});
  }

  std::vector<schedule::Ended> wait() {
    std::vector<schedule::Ended> out;
    std::swap(out, ended_);
    if (!out.empty()) return out;
    limits_->watch();
    auto all = runner_->wait(1000);
    if (all.empty()) house_.events->send(event::TaskProgress{});  // time passes on the screen too
    for (auto& finished : all) {
      TaskId id{finished.number};
      limits_->ended(task(id).name);
      bool success = finished.status == 0;
      if (!success)
        worst_ =
            std::max(worst_, finished.status == 2 || finished.status == 3 ? finished.status : 1);
      auto ending = success ? event::Ending::Succeeded : event::Ending::Failed;
      house_.events->send(event::TaskEnded{label(id), recipe(id).pn, task(id).name, ending,
                                           finished.log, finished.why, finished.took_ms,
                                           recipe(id).virtual_file + ":" + task(id).name,
                                           finished.status, finished.shown});
      if (success) times_.note(recipe(id).pn, task(id).name, finished.took_ms);
      out.push_back({id, success});
    }
    return out;
  }

  schedule::World outside() {
    schedule::World out;
    out.up_to_date = [this](TaskId id) { return up_to_date(id); };
    out.restorable = [this](TaskId id) { return restorable(id); };
    out.start = [this](TaskId id, schedule::Haste haste) { return start(id, haste); };
    out.restore = [this](TaskId id) { return restore(id); };
    out.wait = [this] { return wait(); };
    if (!world_.multiconfigs.empty()) out.work = [this](TaskId id) { return stamp(id); };
    out.may_start = [this](TaskId id) { return limits_->may_start(task(id).name); };
    out.interrupts = [this] { return std::max(interrupts(), limits_->stop()); };
    out.kill = [this] { runner_->kill_all(); };
    return out;
  }

  Result<schedule::Options> schedule_options() {
    parallel_ = TRY(parallel_tasks(*world_.config));
    if (options_.parallel > 0) parallel_ = options_.parallel;
    return schedule::Options{parallel_, options_.keep_going};
  }

  // ---- how long tasks took before: the order, and what is left
  IdVector<TaskId, double> weights() const {
    IdVector<TaskId, double> out(graph_.tasks.size(), 1.0);
    for (TaskId id : graph_.order) {
      if (auto ms = times_.of(recipe(id).pn, task(id).name)) out[id] += static_cast<double>(*ms);
    }
    return out;
  }

  void tell_start(const schedule::World& world) {
    event::BuildStarted started;
    started.parallel = parallel_;
    tell_of_logs(*world_.config, started);
    auto needs = schedule::find_needs(graph_, world);
    for (TaskId id : graph_.order) {
      if (needs[id] == schedule::Need::Run || needs[id] == schedule::Need::Restore) ++started.tasks;
      if (needs[id] != schedule::Need::Run) continue;
      if (auto ms = times_.of(recipe(id).pn, task(id).name)) started.expected_ms[label(id)] = *ms;
    }
    house_.events->send(started);
  }

  // -n: what would be done, in order.
  Result<int> tell() {
    schedule::World asked;
    asked.up_to_date = [this](TaskId id) { return up_to_date(id); };
    asked.restorable = [this](TaskId id) { return restorable(id); };
    auto needs = schedule::find_needs(graph_, asked);
    int run = 0, restored = 0;
    for (TaskId id : graph_.order) {
      if (needs[id] != schedule::Need::Run && needs[id] != schedule::Need::Restore) continue;
      bool runs = needs[id] == schedule::Need::Run;
      ++(runs ? run : restored);
      event::log(*house_.events, event::Level::Plain,
                 std::string(runs ? "run      " : "restore  ") + label(id));
    }
    event::log(*house_.events, event::Level::Plain,
               std::to_string(run) + " tasks would run, " + std::to_string(restored) +
                   " would be restored");
    return 0;
  }

  House& house_;
  const BuildOptions& options_;
  const recipe::World& world_;
  Clock::time_point started_;
  graph::TaskGraph graph_;
  signature::Signatures signatures_;
  std::string tmp_;
  std::set<TaskId> cleared_;  // by -C
  BuildLock lock_;
  std::unique_ptr<StartLimits> limits_;
  std::unique_ptr<cache::LocalCache> cache_;
  IdVector<TaskId, std::optional<action::ActionResult>> known_;
  std::unique_ptr<exec::Retries> runner_;
  std::vector<schedule::Ended> ended_;
  TaskTimes times_;
  int parallel_ = 1;
  int worst_ = 1;
};

}  // namespace

Result<graph::TaskGraph> plan_targets(House& house, const BuildOptions& options,
                                      OnMissing on_missing) {
  graph::PlanOptions how;
  how.on_missing = on_missing;
  how.runall = options.runall;
  how.runonly = options.runonly;
  if (!house.world->multiconfigs.empty()) {
    house.join_multiconfigs();
    how.multiconfigs = house.multiconfig_providers();
  }
  std::string configured = TRY(house.world->config->text("BB_DEFAULT_TASK"));
  how.default_task = graph::task_name(!options.task.empty() ? options.task
                                      : !configured.empty() ? configured
                                                            : "build");
  std::vector<graph::Target> parsed;
  for (const auto& target : options.targets) parsed.push_back(graph::parse_target(target));
  auto out = graph::plan(*house.world, *house.providers, parsed, how);
  for (const auto& note : house.providers->notes())
    event::log(*house.events, event::Level::Note, note);
  if (!out) return out;
  for (const auto& text : out->warnings) event::log(*house.events, event::Level::Warning, text);
  for (const auto& text : out->missing) event::log(*house.events, event::Level::Error, text);
  return out;
}

Result<int> build(House& house, const BuildOptions& options, graph::TaskGraph graph) {
  return Building(house, options, std::move(graph)).run();
}

}  // namespace hitz::cli
