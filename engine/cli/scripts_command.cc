// SPDX-License-Identifier: Apache-2.0
// hitz scripts: the scripts and environments of tasks, without running any.

#include <map>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/build.h"
#include "engine/cli/build_events.h"
#include "engine/cli/command.h"
#include "engine/cli/configured.h"
#include "engine/cli/queue_facts.h"
#include "engine/cli/task_jobs.h"
#include "engine/exec/task_data.h"
#include "engine/recipe/worker_pool.h"
#include "engine/signature/json.h"

namespace hitz::cli {

namespace {

using signature::Json;

// The tasks of one recipe, a line each.
Result<std::string> lines_of(House& house, const QueueFacts& facts, const TaskJobs& jobs,
                             const std::vector<TaskId>& tasks) {
  std::string out;
  for (TaskId id : tasks) {
    if (facts.task(id).noexec) continue;
    auto line =
        scripts_of(TRY(jobs.job(id, TaskJobs::Variant::Task)), *house.functions, *house.python);
    if (!line) return fail(line.error().while_doing("for " + facts.name(id)));
    out += *line + "\n";
  }
  facts.recipe(tasks.front()).store.let_go();
  return out;
}

Result<int> write_scripts(const Given& given, Screen& screen) {
  std::string folder = given.last("output");
  if (given.arguments.empty() || folder.empty())
    return input_error("hitz scripts needs a target, and --output");
  auto house = TRY(with_recipes(given, screen));
  BuildOptions options;
  options.targets = given.arguments;
  options.task = given.last("task");
  auto graph = TRY(plan_targets(*house, options));
  auto events = TRY(BuildEvents::open(*house));
  auto facts = TRY(QueueFacts::of(*house, options, std::move(graph), QueueFacts::Taints::Imagine));
  auto jobs = TRY(TaskJobs::of(*house, *facts, events.settings()));
  TRY_VOID(make_folders(folder));
  std::map<recipe::RecipeId, std::vector<TaskId>> by_recipe;
  for (TaskId id : facts->graph().order) by_recipe[facts->graph().tasks[id].recipe].push_back(id);
  std::vector<std::vector<TaskId>> all;
  for (auto& [recipe, tasks] : by_recipe) all.push_back(std::move(tasks));
  std::optional<Error> first;
  recipe::Pool pool;
  pool.processes = TRY(house->parse_processes());
  pool.hooks = house->fork_hooks();
  pool.work = [&](std::size_t at) -> recipe::Told {
    auto text = lines_of(*house, *facts, jobs, all[at]);
    if (!text) return {fail(text.error()), {}};
    auto written = write_file(join_path(folder, std::to_string(at) + ".jsonl"), *text);
    if (!written) return {fail(written.error()), {}};
    return {recipe::Evaluated{}, {}};
  };
  pool.done = [&](std::size_t, const recipe::Told& done) {
    if (!done.result && !first) first = done.result.error();
  };
  TRY_VOID(recipe::work_off(all.size(), pool));
  if (first) return fail(std::move(*first));
  return 0;
}

}  // namespace

Result<std::string> scripts_of(const exec::Job& job, exec::Functions& functions,
                               python::Interpreter& python) {
  const std::string& task = job.task->name;
  auto base = TRY(exec::recipe_data(job));
  auto environment = TRY(exec::environment_of(job, *base));
  std::vector<std::string> flat;
  Json::Object shown, scripts, settings;
  for (const auto& [name, value] : job.settings) settings.emplace(name, value);
  for (const auto& [name, value] : environment) {
    flat.insert(flat.end(), {name, value});
    shown.emplace(name, value);
  }
  TRY(python.call("hitz.task", "set_environment", nullptr, flat));
  auto d = TRY(exec::task_data(job, *base));
  TRY_VOID(d->set("BB_RUNTASK", task, data::Writer::Code));
  for (const auto& function : TRY(exec::functions_of(task, *d))) {
    if (data::is_set(TRY(d->get(function, data::Expand::No))))
      scripts.emplace(function, TRY(functions.script(function, *d)));
  }
  return Json(Json::Object{{"file", job.recipe->virtual_file},
                           {"task", task},
                           {"hash", job.hash},
                           {"unihash", job.unihash},
                           {"settings", settings},
                           {"environment", shown},
                           {"scripts", scripts}})
      .dump();
}

Command scripts_command() {
  return {{"scripts", "TARGET... --output FOLDER",
           "writes what the scripts of every task that targets need would hold, and their "
           "environments, and runs none",
           "  FOLDER/N.jsonl: a JSON object for each task of a recipe (file, task, hash, unihash, "
           "settings, environment, scripts).",
           with_read_options({{"task", 'c', "TASK", "this task instead of the default"},
                              {"output", 'o', "FOLDER", "where to"}})},
          write_scripts,
          {}};
}

}  // namespace hitz::cli
