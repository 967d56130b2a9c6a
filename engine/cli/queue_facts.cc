// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/queue_facts.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>

#include "engine/base/text.h"
#include "engine/cli/invalidation.h"
#include "engine/cli/signing.h"
#include "engine/exec/runner.h"

namespace hitz::cli {

QueueFacts::QueueFacts(House& house, const BuildOptions& options, graph::TaskGraph graph)
    : house_(house),
      options_(options),
      world_(*house.world),
      graph_(std::move(graph)),
      forced_(graph_.tasks.size(), false),
      done_(graph_.tasks.size(), false),
      config_(world_.config->copy()) {}

Result<std::unique_ptr<QueueFacts>> QueueFacts::of(House& house, const BuildOptions& options,
                                                   graph::TaskGraph graph, Taints taints) {
  auto out = std::unique_ptr<QueueFacts>(new QueueFacts(house, options, std::move(graph)));
  auto tasks = TRY(invalidated(house, out->graph_, options));
  if (taints == Taints::Write) {
    TRY_VOID(taint(house, tasks));
  } else {
    out->forced_ = forced_by(out->graph_, tasks);
  }
  out->signatures_ = TRY(sign_tasks(house, out->graph_));
  out->look_at_stamps();
  if (taints == Taints::Write && options.force) {
    for (TaskId id : out->graph_.targets) out->forced_[id] = true;
  }
  TRY_VOID(out->read_allowed());
  return out;
}

void QueueFacts::look_at_stamps() {
  stamps_.emplace(graph_, [this](TaskId id, schedule::Stamps::Variant variant) {
    bool scene = variant == schedule::Stamps::Variant::Setscene;
    return stamp(id, scene ? Variant::Setscene : Variant::Task);
  });
}

Result<void> QueueFacts::sign_again(const std::map<TaskId, std::string>& equivalent,
                                    const IdVector<TaskId, bool>& done) {
  SignedBefore before{signatures_, {}};
  for (const auto& [id, hash] : equivalent) before.equivalent[name(id)] = hash;
  signatures_ = TRY(sign_tasks(house_, graph_, &before));
  done_ = done;
  look_at_stamps();
  return {};
}

Result<void> QueueFacts::keep(const std::map<TaskId, std::string>& equivalent) const {
  std::string records;
  for (const auto& [id, hash] : equivalent) records += name(id) + "\x1f" + hash + "\x1e";
  if (!records.empty())
    TRY_VOID(house_.python->call("hitz.signing", "keep_learned", nullptr, {records}));
  return {};
}

const recipe::Recipe& QueueFacts::recipe(TaskId id) const {
  return world_.recipes[graph_.tasks[id].recipe];
}

std::string QueueFacts::name(TaskId id) const {
  return recipe(id).virtual_file + ":" + task(id).name;
}

std::string QueueFacts::stamp(TaskId id, Variant variant) const {
  return signature::stamp_path(recipe(id),
                               task(id).name + (variant == Variant::Setscene ? "_setscene" : ""),
                               signatures_.tasks[id].unihash.hex);
}

std::map<std::string, std::vector<std::string>> QueueFacts::stale_stamps() const {
  std::map<std::string, std::vector<std::string>> out;
  for (std::uint32_t i = 0; i < graph_.tasks.size(); ++i) {
    TaskId id{i};
    if (!graph_.tasks[id].setscene) continue;
    for (auto& path : exec::stamps_of(recipe(id), task(id).name)) {
      if (path != stamp(id) && path != stamp(id, Variant::Setscene))
        out[name(id)].push_back(std::move(path));
    }
  }
  return out;
}

Result<schedule::Scenes> QueueFacts::decide(Restore restore) {
  schedule::Scenes none;
  none.covered = IdVector<TaskId, bool>(graph_.tasks.size(), false);
  none.fates = IdVector<TaskId, schedule::Scene>(graph_.tasks.size(), schedule::Scene::None);
  bool any = std::any_of(graph_.tasks.begin(), graph_.tasks.end(),
                         [](const graph::TaskNode& node) { return node.setscene; });
  if (options_.setscene == Setscene::No || !any) {
    event::log(*house_.events, event::Level::Note, "No setscene tasks");
    return none;
  }
  schedule::SceneWorld outside;
  outside.present = [this](TaskId id) {
    return done_[id] || stamps_->setscene_current(id) ||
           (!forced_[id] && stamps_->current_below(id));
  };
  outside.forced = [this](TaskId id) { return forced_[id] && !done_[id]; };
  outside.available = [this](const std::vector<TaskId>& tasks, std::size_t stamped) {
    return available(tasks, stamped);
  };
  std::string valid = TRY(world_.config->text("BB_SETSCENE_DEPVALID"));
  outside.not_needed = [this, valid](TaskId id, const std::set<TaskId>& users,
                                     const std::set<TaskId>& spared) -> Result<bool> {
    return valid.empty() ? false : not_needed(valid, id, users, spared);
  };
  outside.restore = std::move(restore);
  return schedule::decide_scenes(graph_, outside, {options_.setscene != Setscene::Skip});
}

Result<std::vector<TaskId>> QueueFacts::available(const std::vector<TaskId>& tasks,
                                                  std::size_t stamped) {
  std::string function = TRY(world_.config->text("BB_HASHCHECK_FUNCTION"));
  if (function.empty()) return std::vector<TaskId>();
  std::vector<std::string> arguments{function, std::to_string(stamped),
                                     std::exchange(summary_told_, true) ? "" : "summary"};
  std::map<std::string, TaskId> known;
  for (TaskId id : tasks) {
    known.emplace(name(id), id);
    arguments.push_back(name(id) + "\x1f" + signature(id).hash.hex + "\x1f" +
                        signature(id).unihash.hex + "\x1f" + recipe(id).hash_filename);
  }
  std::vector<TaskId> out;
  auto answer = TRY(house_.python->call("hitz.setscene", "available", config_.get(), arguments));
  for (const auto& found : split(answer, '\n')) {
    if (auto at = known.find(found); at != known.end()) out.push_back(at->second);
  }
  return out;
}

Result<bool> QueueFacts::not_needed(const std::string& function, TaskId id,
                                    const std::set<TaskId>& users, const std::set<TaskId>& spared) {
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
  return !TRY(house_.python->call("hitz.setscene", "not_needed", config_.get(),
                                  {function, name(id), data, join(names, "\n")}))
              .empty();
}

bool QueueFacts::spared(TaskId id, const schedule::Scenes& scenes) {
  return done_[id] || scenes.covered[id] || (!forced_[id] && stamps_->current(id));
}

IdVector<TaskId, bool> QueueFacts::unsettled(const schedule::Scenes& scenes) {
  IdVector<TaskId, bool> out(graph_.tasks.size(), false), open(graph_.tasks.size(), false);
  for (TaskId id : graph_.order) {
    bool runs = !task(id).noexec && !spared(id, scenes);
    for (TaskId need : graph_.tasks[id].needs) {
      open[id] = open[id] || open[need];
      bool spared_need = done_[need] || scenes.covered[need];
      out[id] = out[id] || out[need] || (open[need] && spared_need);
    }
    open[id] = open[id] || runs;
  }
  look_at_stamps();  // those that were read are of the time before tasks ran
  return out;
}

// BB_SETSCENE_ENFORCE: what may run though it is not restored.
Result<void> QueueFacts::read_allowed() {
  if (TRY(world_.config->text("BB_SETSCENE_ENFORCE")) != "1") return {};
  allowed_.emplace();
  for (const auto& word : words(TRY(world_.config->text("BB_SETSCENE_ENFORCE_IGNORE_TASKS")))) {
    if (!word.starts_with("%:")) {
      allowed_->push_back(word);
      continue;
    }
    for (const auto& target : options_.targets)
      allowed_->push_back(graph::parse_target(target).name + word.substr(1));
  }
  return {};
}

Result<void> QueueFacts::check_allowed(TaskId id, const schedule::Scenes& scenes) const {
  std::string text = recipe(id).pn + ":" + task(id).name;
  bool allowed = !allowed_ || task(id).noexec ||
                 std::any_of(allowed_->begin(), allowed_->end(), [&](const std::string& pattern) {
                   return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
                 });
  if (allowed) return {};
  std::vector<std::string> missing;
  for (std::uint32_t i = 0; i < graph_.tasks.size(); ++i) {
    if (scenes.fates[TaskId{i}] == schedule::Scene::Unavailable) missing.push_back(name(TaskId{i}));
  }
  std::sort(missing.begin(), missing.end());
  return input_error("Task " + recipe(id).pn + "." + task(id).name +
                     " attempted to execute unexpectedly" +
                     (graph_.tasks[id].setscene ? " and should have been setscened" : "") +
                     "\nThis is usually due to missing setscene tasks. Those missing in this "
                     "build were: " +
                     join(missing, ", "));
}

}  // namespace hitz::cli
