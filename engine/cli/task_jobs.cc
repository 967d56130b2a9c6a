// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/task_jobs.h"

#include <cstdlib>
#include <set>

#include "engine/base/text.h"
#include "engine/cli/fakeroot_agent.h"
#include "engine/cli/processes.h"
#include "engine/cli/signing.h"
#include "engine/cli/worker.h"

namespace hitz::cli {

namespace {

constexpr char kField = '\x1f', kRecord = '\x1e';

// "virtual:native:/path.bb" of "mc:name:virtual:native:/path.bb".
std::string without_multiconfig(const std::string& file) {
  if (!file.starts_with("mc:")) return file;
  std::size_t end = file.find(':', 3);
  return end == std::string::npos ? file : file.substr(end + 1);
}

std::string multiconfig_of(const std::string& file) {
  return file.starts_with("mc:") ? file.substr(3, file.find(':', 3) - 3) : "";
}

// "50 1.2M/s 0:12 left"
event::TaskProgress progress_of(const std::string& label, const std::string& text) {
  event::TaskProgress out;
  out.label = label;
  out.percent = std::atoi(text.c_str());
  if (auto blank = text.find(' '); blank != std::string::npos) out.rate = text.substr(blank + 1);
  return out;
}

std::string dependency_record(TaskId id, const std::vector<TaskId>& needs,
                              const DependencyView& view) {
  const auto& recipe = view.recipe(id);
  auto name = [&](TaskId one) {
    return view.recipe(one).virtual_file + ":" + view.graph.tasks[one].task->name;
  };
  auto names = [&](const std::vector<TaskId>& ids) {
    std::string out;
    for (TaskId one : ids) out += (out.empty() ? "" : " ") + name(one);
    return out;
  };
  const auto& signature = view.signature(id);
  return name(id) + kField + recipe.pn + kField + view.graph.tasks[id].task->name + kField +
         without_multiconfig(recipe.virtual_file) + kField + names(needs) + kField +
         join(recipe.provides, " ") + kField + signature.hash.hex + kField + signature.unihash.hex +
         kField + recipe.hash_filename + kField + names(signature.needs) + kRecord;
}

}  // namespace

std::string dependency_data(TaskId from, const DependencyView& view) {
  std::string out;
  std::set<TaskId> seen = {from};
  std::vector<TaskId> open = {from};
  std::string own = multiconfig_of(view.recipe(from).virtual_file);
  while (!open.empty()) {
    TaskId at = open.back();
    open.pop_back();
    std::vector<TaskId> same;
    for (TaskId need : view.needs(at)) {
      if (multiconfig_of(view.recipe(need).virtual_file) != own) continue;
      same.push_back(need);
      if (seen.insert(need).second) open.push_back(need);
    }
    out += dependency_record(at, same, view);
  }
  return out;
}

Result<TaskJobs> TaskJobs::of(House& house, const QueueFacts& facts,
                              std::vector<std::pair<std::string, std::string>> settings) {
  TaskJobs out(house, facts);
  out.settings_ = std::move(settings);
  out.marks_ = marks_folder(TRY(house.world->config->text("TMPDIR")));
  auto told = split(TRY(tell_signatures(house, facts.graph(), facts.signatures())), kRecord);
  out.signed_.assign(facts.graph().tasks.size(), told.size() == 3);
  if (told.size() != 3) return out;
  for (const auto& number : words(told[0])) out.signed_[std::stoul(number)] = false;
  out.rules_.ignored_variables = words(told[1]);
  out.rules_.ignored_tasks = told[2];
  return out;
}

// What is known without the recipe's datastore.
Result<exec::Job> TaskJobs::outline(TaskId id, Variant variant) const {
  const auto& recipe = facts_.recipe(id);
  bool scene = variant == Variant::Setscene;
  exec::Job out;
  out.number = id.value;
  out.recipe = &recipe;
  out.task = scene ? recipe.task(facts_.task(id).name + "_setscene") : &facts_.task(id);
  if (out.task == nullptr) return internal_error(facts_.name(id) + " has no setscene task");
  out.label = exec::task_label(recipe, out.task->name);
  out.hash = facts_.signature(id).hash.hex;
  out.unihash = facts_.signature(id).unihash.hex;
  out.quiet = scene;
  out.network = TRY(uses_network(*out.task));
  out.told = [this, label = out.label](const std::string& kind, const std::string& text) {
    if (kind == "progress") house_.events->send(progress_of(label, text));
  };
  out.settings = settings_;
  if (!out.task->nostamp) out.stamp = facts_.stamp(id, variant);
  if (!scene) out.marks = marks_;
  return out;
}

Result<exec::Job> TaskJobs::job(TaskId id, Variant variant) const {
  auto out = TRY(outline(id, variant));
  TRY(out.recipe->store.get());  // here, for all of the recipe's tasks
  TRY(house_.python->call("hitz.task", "settle", nullptr, {}));
  auto file = std::make_shared<TaskSignatureFile>(house_.scanner, rules_, *out.recipe,
                                                  facts_.signature(id), facts_.task(id).name);
  out.prepare = [this, id, variant, file](data::Store& d) -> Result<void> {
    TRY_VOID(house_.python->set_task_dependencies(d, dependency_data(id, variant)));
    house_.python->hooks.write_signature = [this, id, file](
                                               const std::string& task, const std::string& unihash,
                                               const std::string& path) -> Result<bool> {
      if (task != facts_.name(id)) return false;
      if (signed_[id.value]) TRY_VOID(file->write(unihash, path));
      return true;
    };
    return {};
  };
  if (variant == Variant::Task && !out.stamp.empty() && signed_[id.value])
    out.stamped = [file](const std::string& unihash) { return file->write(unihash, ""); };
  return out;
}

Result<exec::Job> TaskJobs::order(TaskId id, Variant variant, schedule::Haste haste) const {
  auto out = TRY(outline(id, variant));
  out.gives_way = haste == schedule::Haste::Behind;
  if (out.task->fakeroot && !TRY(house_.world->config->text("FAKEROOTCMD")).empty()) {
    out.elsewhere = [this, id, variant, job = out](int messages) {
      return run_under_fakeroot(id, variant, job, messages);
    };
    return out;
  }
  if (!house_.worker) {
    auto own = TRY(job(id, variant));
    own.gives_way = out.gives_way;
    return own;
  }
  out.elsewhere = [this, id, variant, job = out](int messages) {
    return house_.worker->run(id, variant, job, work_order(id, variant), messages);
  };
  return out;
}

WorkOrder TaskJobs::work_order(TaskId id, Variant variant) const {
  WorkOrder out;
  out.name = facts_.name(id);
  out.task = facts_.task(id).name + (variant == Variant::Setscene ? "_setscene" : "");
  out.dependencies = dependency_data(id, variant);
  out.signature = facts_.signature(id);
  out.has_signature_file = signed_[id.value];
  return out;
}

Result<void> TaskJobs::tell_worker(int lock) const {
  if (!house_.worker) return {};
  WorkFacts facts{settings_, rules_, TRY(house_.python->call("hitz.signing", "data", nullptr, {}))};
  return house_.worker->begin(facts, lock);
}

Result<void> TaskJobs::run_under_fakeroot(TaskId id, Variant variant, const exec::Job& job,
                                          int messages) const {
  if (!agent_) agent_ = TRY(FakerootAgent::start(house_));
  return agent_->run(id, variant, job, messages);
}

const std::vector<TaskId>& TaskJobs::needs(TaskId id, Variant variant) const {
  const auto& node = facts_.graph().tasks[id];
  return variant == Variant::Setscene ? node.setscene_needs : node.needs;
}

std::string TaskJobs::dependency_data(TaskId from, Variant variant) const {
  return cli::dependency_data(
      from, {facts_.graph(), [this](TaskId id) -> const auto& { return facts_.recipe(id); },
             [this](TaskId id) -> const auto& { return facts_.signature(id); },
             [this, variant](TaskId id) -> const auto& { return needs(id, variant); }});
}

}  // namespace hitz::cli
