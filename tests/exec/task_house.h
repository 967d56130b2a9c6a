// SPDX-License-Identifier: Apache-2.0
#pragma once
// TaskHouse: recipes of a world of files whose tasks can be run, each in a process of its own.

#include <functional>
#include <memory>
#include <string>

#include "engine/exec/runner.h"
#include "engine/recipe/recipe.h"
#include "engine/signature/shell_scanner.h"
#include "tests/support/parsing_house.h"

namespace hitz::testing {

/// One layer, up to where its bitbake.conf begins.
inline const std::string kLayer = R"(--> build/conf/bblayers.conf
BBPATH = "${TOPDIR}"
BBLAYERS = "@ROOT@/core"
--> core/conf/layer.conf
BBPATH .= ":${LAYERDIR}"
BBFILES += "${LAYERDIR}/*.bb"
--> core/conf/bitbake.conf
)";

class TaskHouse {
 public:
  static Result<std::unique_ptr<TaskHouse>> open(const std::string& text);

  /// Starts a task of the recipe app; its stamp is ROOT/stamp.
  Result<void> start(const std::string& task);
  /// The same with what else its job says.
  Result<void> start(const std::string& task, const std::function<void(exec::Job&)>& more);
  exec::Runner& runner() { return *runner_; }
  const FileWorld& files() const { return files_; }
  Diary& diary() { return house_->diary; }
  const recipe::Recipe& app() const { return world_.recipes[recipe::RecipeId{0}]; }
  signature::ShellScanner& scanner() { return scanner_; }

 private:
  explicit TaskHouse(const std::string& text) : files_(text) {}
  void join();

  FileWorld files_;
  std::unique_ptr<ParsingHouse> house_;
  recipe::World world_;
  signature::ShellScanner scanner_;
  std::unique_ptr<exec::Functions> functions_;
  std::unique_ptr<exec::Runner> runner_;
  std::function<void(int, const std::string&)> log_;
};

}  // namespace hitz::testing
