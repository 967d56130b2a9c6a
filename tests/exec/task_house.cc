// SPDX-License-Identifier: Apache-2.0
#include "tests/exec/task_house.h"

#include "engine/recipe/world.h"

namespace hitz::testing {

Result<std::unique_ptr<TaskHouse>> TaskHouse::open(const std::string& text) {
  auto out = std::unique_ptr<TaskHouse>(new TaskHouse(text));
  out->house_ = TRY(ParsingHouse::open());
  auto configuration = TRY(out->house_->configure(out->files_));
  out->world_ = TRY(recipe::read_world(configuration, *out->house_->evaluator, out->house_->diary));
  if (out->world_.recipes.empty()) return input_error("the world has no recipe");
  out->join();
  return out;
}

void TaskHouse::join() {
  auto* python = house_->python;
  functions_ = std::make_unique<exec::Functions>(*python, scanner_);
  log_ = python->hooks.log;
  python->hooks.log = [this](int level, const std::string& text) { log_(level, text); };
  python->hooks.exec_func = [this](const std::string& function, data::Store& d,
                                   const std::vector<std::string>& dirs) {
    return functions_->run(function, d, dirs);
  };
  exec::ProcessHooks hooks;
  hooks.before_fork = [python] { python->before_fork(); };
  hooks.after_fork_parent = [python] { python->after_fork_parent(); };
  hooks.after_fork_child = [python] { python->after_fork_child(); };
  hooks.python = [python](const std::string& function, data::Store* d,
                          const std::vector<std::string>& texts) {
    return python->call("hitz.task", function, d, texts);
  };
  hooks.redirect = [this, python](exec::LogLine log, const exec::ProcessHooks::Hears&,
                                  exec::ProcessHooks::Tell tell) {
    log_ = std::move(log);
    python->hooks.tell = std::move(tell);
  };
  functions_->use(hooks.python);
  runner_ = std::make_unique<exec::Runner>(*python, *functions_, house_->diary, std::move(hooks));
}

Result<void> TaskHouse::start(const std::string& task) {
  return start(task, [](exec::Job&) {});
}

Result<void> TaskHouse::start(const std::string& task,
                              const std::function<void(exec::Job&)>& more) {
  exec::Job job;
  job.recipe = &app();
  job.task = app().task(task);
  if (job.task == nullptr) return input_error("there is no task " + task);
  job.label = app().pn + " " + task;
  job.hash = "the-hash";
  job.unihash = "the-unihash";
  job.stamp = files_.root() + "/stamp";
  more(job);
  return runner_->start(std::move(job));
}

}  // namespace hitz::testing
