// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/learned.h"

#include <filesystem>

#include "engine/cli/house.h"
#include "engine/layer/environment.h"

namespace hitz::cli {

Learned::Learned(const layer::Environment& environment, std::int64_t since_ns)
    : premises(environment, since_ns), of_origin(std::make_shared<data::Reads>()) {
  if (environment.contains("BB_PRESERVE_ENV")) premises.spoil();
  for (const auto& name : layer::counting_names(environment)) premises.add_variable(name);
  for (const char* own : {"HITZ_ROOT", "HITZ_PYTHON_EVERY_TIME"}) premises.add_variable(own);
}

void Learned::add_files(const layer::Configuration& configuration) {
  for (const char* list : {"__base_depends", "__looked_for"}) {
    for (auto& path : configuration.store->list(list)) premises.add_path(std::move(path));
  }
  for (const auto& folder : configuration.store->list("__pylibs")) premises.add_modules(folder);
}

std::optional<std::string> Learned::written(const Installation& installation,
                                            const layer::Configuration& configuration,
                                            TimeOfDay clock) {
  premises.add(by_python);
  if (clock == TimeOfDay::Counts && premises.rest_on_clock()) return std::nullopt;
  const data::Names& names = *configuration.store->family().names;
  for (data::NameId name : of_origin->names) premises.add_variable(names.text(name));
  if (of_origin->all_names) premises.spoil();
  std::error_code code;
  premises.add_path(std::filesystem::read_symlink("/proc/self/exe", code).string());
  premises.add_modules(installation.python);
  add_files(configuration);
  for (const auto& other : configuration.multiconfigs) add_files(other);
  return premises.written();
}

}  // namespace hitz::cli
