// SPDX-License-Identifier: Apache-2.0
#pragma once
// Evaluator: statements applied to a datastore, in BitBake's order. include, inherit, functions,
// tasks, finalising.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/store.h"
#include "engine/event/event.h"
#include "parser/reader.h"

namespace hitz::eval {

/// What became of a recipe: skipping is a value, not an error.
struct Outcome {
  std::optional<std::string> skipped;  // the reason
};

/// One variant of a recipe: "" is the recipe itself, "native" its native one.
struct Variant {
  std::string name;
  std::shared_ptr<data::Store> store;
  Outcome outcome;
};

/// A file that was read or looked for; depth 0 for those that no other file names.
struct Inclusion {
  int depth = 0;
  std::string path;
};

/// Whether addpylib counts: only in the files that make the base configuration.
enum class BaseConfig { No, Yes };

class Evaluator {
 public:
  /// All must outlive the evaluator.
  Evaluator(parser::Reader& reader, data::PythonHost& python, event::EventSink& events);
  ~Evaluator();

  /// Evaluates a .conf (or any file a .conf may name) in d; records the files it tried in
  /// __depends.
  Result<void> configuration(const std::string& path, data::Store& d,
                             BaseConfig base = BaseConfig::No);
  /// Classes named by INHERIT and kin, by the search rules for d's class type.
  Result<void> inherit(std::string_view classes, data::Store& d, const Span& span = {});
  /// After the base configuration: registers handlers, expands what the configuration defers.
  Result<void> finish_configuration(data::Store& d);
  /// What bitbake -e does to a copy of the configuration before it shows it: names are expanded,
  /// anonymous functions are run.
  Result<void> settle_configuration(data::Store& d);
  /// A recipe with its appends, in a copy of the base configuration; all its variants
  /// (BBCLASSEXTEND), finalised.
  Result<std::vector<Variant>> recipe(const std::string& path,
                                      const std::vector<std::string>& appends, data::Store& base);
  /// One text as bb.parse.handle() takes it: dialect by the path's extension, no finalising unless
  /// it is a recipe.
  Result<void> include(const std::string& path, data::Store& d);

  /// What was included so far where the history is kept, in order; forgets it.
  std::vector<Inclusion> take_inclusions();

  /// bb.build.addtask / deltask on a store.
  Result<void> add_task(std::string_view task, const std::vector<std::string>& before,
                        const std::vector<std::string>& after, data::Store& d);
  Result<void> delete_task(std::string_view task, data::Store& d);
  /// do_x -> its predecessors of the same recipe (existing tasks only), in BitBake's order; valid
  /// after finalising.
  static std::vector<std::string> predecessors(const std::string& task, data::Store& d);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hitz::eval
