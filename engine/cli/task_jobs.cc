// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/task_jobs.h"

#include <cstdlib>
#include <set>

#include "engine/base/text.h"
#include "engine/cli/fakeroot_agent.h"
#include "engine/cli/processes.h"
#include "engine/cli/signing.h"
#include "engine/exec/memory.h"
#include "engine/signature/base_hash.h"
#include "engine/signature/sigdata.h"

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
  out.ignored_variables_ = words(told[1]);
  out.ignored_tasks_ = told[2];
  return out;
}

Result<exec::Job> TaskJobs::job(TaskId id, Variant variant) const {
  constexpr int kMany = 500;  // gathering takes as long as 100 forks do
  if (++made_ == kMany) exec::gather_memory();
  const auto& recipe = facts_.recipe(id);
  auto store = TRY(recipe.store.get());  // here, for all of the recipe's tasks
  TRY(house_.python->call("hitz.task", "settle", nullptr, {}));
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
  out.network = TRY(uses_network(*store, out.task->name));
  out.told = [this, label = out.label](const std::string& kind, const std::string& text) {
    if (kind == "progress") house_.events->send(progress_of(label, text));
  };
  out.settings = settings_;
  if (!out.task->nostamp) out.stamp = facts_.stamp(id, variant);
  if (!scene) out.marks = marks_;
  out.prepare = [this, id, variant](data::Store& d) -> Result<void> {
    TRY(house_.python->call("bb.build", "_set_taskdepdata", &d, {dependency_data(id, variant)}));
    house_.python->hooks.write_signature = [this, id](const std::string& task,
                                                      const std::string& unihash,
                                                      const std::string& path) -> Result<bool> {
      if (task != facts_.name(id)) return false;
      TRY_VOID(write_signature(id, unihash, path));
      return true;
    };
    return {};
  };
  bool root = data::is_set(TRY(store->get_flag(out.task->name, "fakeroot")));
  if (root && !TRY(store->text("FAKEROOTCMD")).empty()) {
    out.elsewhere = [this, id, variant, job = out](int messages) {
      return run_under_fakeroot(id, variant, job, messages);
    };
  }
  if (!scene && !out.stamp.empty()) {
    out.stamped = [this, id](const std::string& unihash) {
      return write_signature(id, unihash, "");
    };
  }
  return out;
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

// At a path, or for "" beside the task's stamps.
Result<void> TaskJobs::write_signature(TaskId id, const std::string& unihash,
                                       const std::string& path) const {
  if (!signed_[id.value]) return {};
  const auto& recipe = facts_.recipe(id);
  if (!data_) {
    auto store = TRY(recipe.store.get());
    signature::BaseHashes hashes(*store, house_.scanner);
    auto manifest = TRY(hashes.of(facts_.task(id).name));
    data_ = signature::signature_data(manifest, &facts_.signature(id), ignored_variables_,
                                      ignored_tasks_);
    TRY_VOID(signature::find_literals(*data_, *store));
  }
  if (data_->run) data_->run->unihash = unihash;
  if (!path.empty()) return signature::write_signature_file(path, *data_);
  TRY(signature::write_signature(recipe.stamp, *data_));
  return {};
}

}  // namespace hitz::cli
