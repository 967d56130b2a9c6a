// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/task_data.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/exec/script.h"
#include "engine/signature/truth.h"

namespace hitz::exec {

namespace {

using data::Expand;
using data::Store;
using data::Writer;

// What recipe_data() sets besides the settings; BB_TASKDEPDATA by Job::prepare.
constexpr std::array<std::string_view, 5> kOfARun = {"BB_WORKERCONTEXT", "BB_CURRENTTASK",
                                                     "BB_TASKHASH", "BB_TASKDEPDATA", "BB_UNIHASH"};

bool of_variables_alone(const data::Reads& reads) {
  return !reads.all_names && reads.files.empty() && reads.answers.empty() &&
         reads.programs.empty() && reads.made.empty() && !reads.changed && !reads.unknown;
}

}  // namespace

std::map<std::string, std::string> settings_of(const std::string& text) {
  std::map<std::string, std::string> out;
  for (const auto& word : words(text)) {
    std::size_t equal = word.find('=');
    if (equal != std::string::npos) out[word.substr(0, equal)] = word.substr(equal + 1);
  }
  return out;
}

Result<std::string> flag_text(Store& d, const std::string& name, std::string_view flag) {
  data::Value value = TRY(d.get_flag(name, flag));
  const std::string* text = data::text_of(value);
  return text != nullptr ? *text : "";
}

ExportedAhead exported_ahead(const std::shared_ptr<Store>& recipe) {
  ExportedAhead out;
  auto names = signature::exported_names(*recipe->copy());
  if (!names) return out;
  out.known = true;
  for (auto& name : *names) {
    // Each by itself: what one has found out, another would not ask for again.
    auto reads = std::make_shared<data::Reads>();
    auto d = recipe->watched_copy(reads);
    data::Watching watching(recipe->family().python, *reads);
    reads->files.clear();  // of modules, which stay what they are in this process
    auto value = d->get(name);
    if (!value || !of_variables_alone(*reads)) {
      out.open.push_back(std::move(name));
      continue;
    }
    if (data::is_set(*value)) out.values[name] = d->text(name).value_or("");
    for (data::NameId one : reads->names) out.read.insert(one);
  }
  return out;
}

bool holds(const ExportedAhead& ahead, const Job& job, const Store& recipe) {
  auto apart = [&](std::string_view name) {
    return name.find(':') == std::string_view::npos &&
           !ahead.read.contains(recipe.family().names->id(name));
  };
  return ahead.known && std::all_of(kOfARun.begin(), kOfARun.end(), apart) &&
         std::all_of(job.settings.begin(), job.settings.end(),
                     [&](const auto& setting) { return apart(setting.first); });
}

Result<std::shared_ptr<Store>> recipe_data(const Job& job) {
  auto out = TRY(job.recipe->store.get())->copy();
  auto set = [&](std::string_view name, std::string value) {
    return out->set(name, std::move(value), Writer::Code);
  };
  TRY_VOID(set("BB_WORKERCONTEXT", "1"));
  TRY_VOID(set("BB_CURRENTTASK", replace_all(job.task->name, "do_", "")));
  for (const auto& [name, value] : job.settings) TRY_VOID(set(name, value));
  if (job.prepare) TRY_VOID(job.prepare(*out));
  TRY_VOID(set("BB_TASKHASH", job.hash));
  TRY_VOID(set("BB_UNIHASH", job.unihash));
  return out;
}

namespace {

Result<std::map<std::string, std::string>> exported_of(const Job& job, Store& base) {
  if (!job.exported || !holds(*job.exported, job, base)) return exported_variables(base);
  auto out = TRY(values_of(job.exported->open, base));
  out.insert(job.exported->values.begin(), job.exported->values.end());
  return out;
}

}  // namespace

Result<std::map<std::string, std::string>> environment_of(const Job& job, Store& base) {
  const std::string& task = job.task->name;
  auto out = TRY(exported_of(job, base));
  bool root = data::is_set(TRY(base.get_flag(task, "fakeroot")));
  for (const auto& [name, value] :
       settings_of(TRY(base.text(root ? "FAKEROOTENV" : "FAKEROOTNOENV")))) {
    out[name] = value;
    TRY_VOID(base.set(name, value, Writer::Code));
    TRY_VOID(base.set_flag(name, "export", "1"));
  }
  for (const auto& name : words(TRY(flag_text(base, task, "exports")))) {
    TRY_VOID(base.set_flag(name, "export", "1"));
    if (data::is_set(TRY(base.get(name)))) out[name] = TRY(base.text(name));
  }
  return out;
}

Result<std::shared_ptr<Store>> task_data(const Job& job, Store& base) {
  auto out = base.copy();
  data::Value overrides = TRY(base.get("OVERRIDES", Expand::No));
  const std::string* before = data::text_of(overrides);
  TRY_VOID(out->set("BB_FILENAME", job.recipe->virtual_file, Writer::Code));
  TRY_VOID(out->set("OVERRIDES",
                    "task-" + replace_all(job.task->name.substr(3), "_", "-") + ":" +
                        (before != nullptr ? *before : ""),
                    Writer::Code));
  TRY_VOID(out->expand_keys());
  return out;
}

Result<std::vector<std::string>> functions_of(const std::string& task, Store& d) {
  auto out = words(TRY(flag_text(d, task, "prefuncs")));
  out.push_back(task);
  for (auto& name : words(TRY(flag_text(d, task, "postfuncs")))) out.push_back(std::move(name));
  return out;
}

}  // namespace hitz::exec
