// SPDX-License-Identifier: Apache-2.0
#pragma once
// What commands that read metadata have in common: their options, and houses ready for them.

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/cli/command.h"
#include "engine/cli/house.h"

namespace hitz::cli {

/// -r, -R and -D of a command line. read_options() adds them to a usage.
Result<HouseOptions> house_options(const Given& given);
std::vector<Option> with_read_options(std::vector<Option> own);

enum class Create { No, Yes };

/// A house with the build directory's configuration; Create makes a build directory if need be.
Result<std::unique_ptr<House>> configured(event::EventSink& events,
                                          House::Recipes recipes = House::Recipes::No,
                                          const HouseOptions& options = {},
                                          Create create = Create::No);
/// The same with what a command line says.
Result<std::unique_ptr<House>> configured(const Given& given, event::EventSink& events,
                                          Create create = Create::No);
/// The same with all recipes.
Result<std::unique_ptr<House>> with_recipes(const Given& given, event::EventSink& events,
                                            Create create = Create::No);

/// A target, without the multiconfig that "mc:NAME:" before it names.
struct Target {
  std::string multiconfig;
  std::string name;
};
Target split_target(const std::string& text);

/// The store of a recipe (or of what provides a name), or the configuration's for "", as bitbake -e
/// shows it. Reads what of the recipes it needs.
Result<std::shared_ptr<data::Store>> store_of(House& house, const std::string& text);

/// Writes to the standard output.
void print(const std::string& text);

}  // namespace hitz::cli
