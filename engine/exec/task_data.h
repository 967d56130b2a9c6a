// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a task finds: the variables of its recipe as it sees them, and its environment.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/store.h"
#include "engine/exec/runner.h"

namespace hitz::exec {

/// "A=1 B=2", as FAKEROOTENV and its like have it.
std::map<std::string, std::string> settings_of(const std::string& text);

/// The words of a flag's text, or the text itself; nothing where there is none.
Result<std::string> flag_text(data::Store& d, const std::string& name, std::string_view flag);

/// The exported variables of a recipe, found before any task of it is begun.
struct ExportedAhead {
  bool known = false;
  std::map<std::string, std::string> values;
  data::NameSet read;             // what they rest on
  std::vector<std::string> open;  // those that rest on more than variables: files, the environment,
                                  // the clock; and those that cannot be expanded
};
ExportedAhead exported_ahead(const std::shared_ptr<data::Store>& recipe);
/// Whether the exported variables of a run are these: it sets nothing that they rest on.
bool holds(const ExportedAhead& ahead, const Job& job, const data::Store& recipe);

/// The recipe's datastore with what this run of a task adds.
Result<std::shared_ptr<data::Store>> recipe_data(const Job& job);
/// The exported variables of that, and what FAKEROOTENV, FAKEROOTNOENV and the task's exports add;
/// what they add is exported to scripts too.
Result<std::map<std::string, std::string>> environment_of(const Job& job, data::Store& base);
/// The task's own: the recipe's with an override of the task's name, the lowest.
Result<std::shared_ptr<data::Store>> task_data(const Job& job, data::Store& base);
/// Its prefuncs, itself, its postfuncs.
Result<std::vector<std::string>> functions_of(const std::string& task, data::Store& d);

}  // namespace hitz::exec
