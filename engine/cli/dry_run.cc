// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/dry_run.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/cli/invalidation.h"
#include "engine/cli/signing.h"
#include "engine/schedule/setscene.h"
#include "engine/schedule/stamps.h"
#include "engine/signature/task_hash.h"

namespace hitz::cli {

namespace {

using graph::TaskId;

class DryRun {
 public:
  DryRun(House& house, const BuildOptions& options)
      : house_(house), options_(options), world_(*house.world) {}

  Result<int> run() {
    graph_ = TRY(plan_targets(house_, options_,
                              options_.keep_going ? OnMissing::Continue : OnMissing::Stop));
    signatures_ = TRY(sign_tasks(house_, graph_));
    forced_ = forced_by(graph_, TRY(invalidated(house_, graph_, options_)));
    stamps_.emplace(graph_, [this](TaskId id, schedule::Stamps::Variant variant) {
      bool scene = variant == schedule::Stamps::Variant::Setscene;
      return signature::stamp_path(recipe(id), task(id).name + (scene ? "_setscene" : ""),
                                   signatures_.tasks[id].unihash.hex);
    });
    TRY_VOID(decide());
    tell_setscenes();
    return options_.setscene == Setscene::Only ? 0 : TRY(tell_tasks());
  }

 private:
  const recipe::Recipe& recipe(TaskId id) const { return world_.recipes[graph_.tasks[id].recipe]; }
  const recipe::Task& task(TaskId id) const { return *graph_.tasks[id].task; }
  std::string name(TaskId id) const { return recipe(id).virtual_file + ":" + task(id).name; }
  void note(const std::string& text) const { event::log(*house_.events, event::Level::Note, text); }

  Result<void> decide() {
    scenes_.covered = IdVector<TaskId, bool>(graph_.tasks.size(), false);
    scenes_.fates = IdVector<TaskId, schedule::Scene>(graph_.tasks.size(), schedule::Scene::None);
    bool any = std::any_of(graph_.tasks.begin(), graph_.tasks.end(),
                           [](const graph::TaskNode& node) { return node.setscene; });
    if (options_.setscene == Setscene::No || !any) {
      note("No setscene tasks");
      return {};
    }
    schedule::SceneWorld outside;
    outside.present = [this](TaskId id) {
      return stamps_->setscene_current(id) || (!forced_[id] && stamps_->current_below(id));
    };
    outside.forced = [this](TaskId id) { return forced_[id]; };
    outside.available = [this](const std::vector<TaskId>& tasks) { return available(tasks); };
    std::string valid = TRY(world_.config->text("BB_SETSCENE_DEPVALID"));
    outside.not_needed = [this, valid](TaskId id, const std::set<TaskId>& users,
                                       const std::set<TaskId>& spared) -> Result<bool> {
      return valid.empty() ? false : not_needed(valid, id, users, spared);
    };
    scenes_ = TRY(schedule::decide_scenes(graph_, outside, {options_.setscene != Setscene::Skip}));
    return {};
  }

  Result<std::vector<TaskId>> available(const std::vector<TaskId>& tasks) {
    std::string function = TRY(world_.config->text("BB_HASHCHECK_FUNCTION"));
    if (function.empty()) return std::vector<TaskId>();
    std::vector<std::string> arguments{function};
    std::map<std::string, TaskId> known;
    for (TaskId id : tasks) {
      const auto& signature = signatures_.tasks[id];
      known.emplace(name(id), id);
      arguments.push_back(name(id) + "\x1f" + signature.hash.hex + "\x1f" + signature.unihash.hex +
                          "\x1f" + recipe(id).hash_filename);
    }
    std::vector<TaskId> out;
    auto d = world_.config->copy();
    for (const auto& found :
         split(TRY(house_.python->call("hitz.setscene", "available", d.get(), arguments)), '\n')) {
      if (auto at = known.find(found); at != known.end()) out.push_back(at->second);
    }
    return out;
  }

  Result<bool> not_needed(const std::string& function, TaskId id, const std::set<TaskId>& users,
                          const std::set<TaskId>& spared) {
    auto record = [&](TaskId user) {
      return name(user) + "\x1f" + recipe(user).pn + "\x1f" + task(user).name + "\x1f" +
             recipe(user).virtual_file;
    };
    std::string data = record(id);
    std::vector<std::string> names;
    for (TaskId user : users) {
      data += "\n" + record(user);
      if (spared.contains(user)) names.push_back(name(user));
    }
    if (!config_) config_ = world_.config->copy();
    return !TRY(house_.python->call("hitz.setscene", "not_needed", config_.get(),
                                    {function, name(id), data, join(names, "\n")}))
                .empty();
  }

  void tell_setscenes() const {
    note("Executing Tasks");
    std::size_t total = scenes_.fates.size() - scenes_.count(schedule::Scene::None);
    std::size_t number = total - scenes_.restored.size();
    for (TaskId id : scenes_.restored)
      note("Running setscene task " + std::to_string(++number) + " of " + std::to_string(total) +
           " (" + name(id) + "_setscene)");
  }

  Result<int> tell_tasks() {
    auto allowed = TRY(allowed_tasks());
    int spared = 0, number = 0;
    for (TaskId id : graph_.order) {
      ++number;
      if (scenes_.covered[id] || (!forced_[id] && stamps_->current(id))) {
        ++spared;
        continue;
      }
      if (allowed && !task(id).noexec && !is_allowed(*allowed, id)) return refuse(id);
      note(std::string("Running ") + (task(id).noexec ? "noexec task " : "task ") +
           std::to_string(number) + " of " + std::to_string(graph_.tasks.size()) + " (" + name(id) +
           ")");
    }
    note("Tasks Summary: Attempted " + std::to_string(number) + " tasks of which " +
         std::to_string(spared) + " didn't need to be rerun and all succeeded.");
    return 0;
  }

  // BB_SETSCENE_ENFORCE: what may run though it is not restored.
  Result<std::optional<std::vector<std::string>>> allowed_tasks() const {
    if (TRY(world_.config->text("BB_SETSCENE_ENFORCE")) != "1") return std::nullopt;
    std::vector<std::string> out;
    for (const auto& word : words(TRY(world_.config->text("BB_SETSCENE_ENFORCE_IGNORE_TASKS")))) {
      if (!word.starts_with("%:")) {
        out.push_back(word);
        continue;
      }
      for (const auto& target : options_.targets)
        out.push_back(graph::parse_target(target).name + word.substr(1));
    }
    return out;
  }

  bool is_allowed(const std::vector<std::string>& patterns, TaskId id) const {
    std::string text = recipe(id).pn + ":" + task(id).name;
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
    });
  }

  Result<int> refuse(TaskId id) const {
    std::vector<std::string> missing;
    for (std::uint32_t i = 0; i < graph_.tasks.size(); ++i) {
      if (scenes_.fates[TaskId{i}] == schedule::Scene::Unavailable)
        missing.push_back(name(TaskId{i}));
    }
    std::sort(missing.begin(), missing.end());
    return input_error("Task " + recipe(id).pn + "." + task(id).name +
                       " attempted to execute unexpectedly" +
                       (graph_.tasks[id].setscene ? " and should have been setscened" : "") +
                       "\nThis is usually due to missing setscene tasks. Those missing in this "
                       "build were: " +
                       join(missing, ", "));
  }

  House& house_;
  const BuildOptions& options_;
  const recipe::World& world_;
  graph::TaskGraph graph_;
  signature::Signatures signatures_;
  IdVector<TaskId, bool> forced_;
  std::optional<schedule::Stamps> stamps_;
  schedule::Scenes scenes_;
  std::shared_ptr<data::Store> config_;  // the metadata's functions keep things in it
};

}  // namespace

Result<int> dry_run(House& house, const BuildOptions& options) {
  return DryRun(house, options).run();
}

}  // namespace hitz::cli
