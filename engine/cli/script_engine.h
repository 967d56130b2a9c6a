// SPDX-License-Identifier: Apache-2.0
#pragma once
// ScriptEngine: what scripts ask of hitz through bb.tinfoil. Their Python speaks to hitz.engine,
// which asks here; what happens meanwhile is told to hitz.engine.hear().

#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/build.h"
#include "engine/cli/house.h"

namespace hitz::cli {

class ScriptEngine {
 public:
  /// Joins itself to the house's Python; the house must outlive it, and it the scripts.
  explicit ScriptEngine(House& house);
  ~ScriptEngine();
  ScriptEngine(const ScriptEngine&) = delete;
  ScriptEngine& operator=(const ScriptEngine&) = delete;

  /// The commands, each with its words:
  ///   configure [track] [before=FILE…] [after=FILE…]   the configuration of the folder we are in;
  ///                                                    its store and those of the multiconfigs
  ///   read                                             all recipes
  ///   recipes MC                                       what is known of each
  ///   best MC NAME                                     the file that serves a build name
  ///   runtime MC NAME                                  the files that serve a run-time name
  ///   versions MC                                      PN: the latest file, the preferred one
  ///   plan TASK TARGET…                                the graph of tasks
  ///   signatures TASK TARGET…                          the hashes of the targets' tasks
  ///   build TASK TARGET…                               runs them; the exit status
  ///   build-file TASK FILE                             runs one task of one recipe alone
  Result<python::Answer> answer(const python::Asked& asked);

 private:
  class Sink;
  Result<std::string> configure(const std::vector<std::string>& words,
                                std::vector<std::shared_ptr<data::Store>>& stores);
  Result<std::string> look(const std::string& command, const std::vector<std::string>& words);
  Result<std::string> work(const std::string& command, const std::vector<std::string>& words);
  /// Leaves one recipe file alone in the world; its PN.
  Result<std::string> keep_only(const std::string& file);

  House& house_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace hitz::cli
