// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hooks: what Python may call that lives above this room. cli joins them; one that is not joined
// raises RuntimeError in Python.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/store.h"

namespace hitz::python {

/// A variable, a function or a flag that base hashes of a recipe cover.
struct HashedName {
  std::string name;
  std::optional<std::string> value;       // the text that is hashed
  std::vector<std::string> dependencies;  // what it refers to directly
};
struct HashedTask {
  std::string name;
  std::string hash;
  std::vector<std::string> variables;  // all that it depends on
};
struct HashedRecipe {
  std::vector<HashedTask> tasks;
  std::vector<HashedName> names;
};

/// What a script wants of the engine (bb.tinfoil): a command, its words, and a datastore where it
/// needs one.
struct Asked {
  std::string command;
  std::vector<std::string> arguments;
  std::shared_ptr<data::Store> d;
};
struct Answer {
  std::string text;  // mostly JSON
  std::vector<std::shared_ptr<data::Store>> stores;
};

struct Hooks {
  /// A script's question; each command is told of where this is joined.
  std::function<Result<Answer>(const Asked& asked)> ask;
  /// bb.build.exec_func: runs a metadata function with its flags (dirs, lockfiles …).
  std::function<Result<void>(const std::string& function, data::Store& d,
                             const std::vector<std::string>& dirs)>
      exec_func;
  std::function<Result<void>(const std::string& task, const std::vector<std::string>& before,
                             const std::vector<std::string>& after, data::Store& d)>
      add_task;
  std::function<Result<void>(const std::string& task, data::Store& d)> delete_task;
  /// bb.parse.handle: "" -> store for an included file; each variant's store for a recipe.
  std::function<Result<std::map<std::string, std::shared_ptr<data::Store>>>(
      const std::string& path, data::Store& d, bool include)>
      handle;
  std::function<Result<void>(const std::string& classes, data::Store& d)> inherit;
  /// The command words of a shell text (bb.codeparser.ShellParser).
  std::function<Result<std::vector<std::string>>(const std::string& text)> scan_shell;
  /// The base hashes of a finished recipe's tasks and all that they cover.
  std::function<Result<HashedRecipe>(data::Store& d)> base_hashes;
  /// bb.data.emit_func as text.
  std::function<Result<std::string>(const std::string& function, data::Store& d)> emit_func;
  std::function<Result<void>(const std::string& destination,
                             const std::vector<std::string>& components)>
      compose_sysroot;
  /// Files parsed before are read anew (bb.parse.clear_cache).
  std::function<void()> forget_files;
  /// In a task's process: the signature file of a task ("FILE:do_x") at a path; false for one that
  /// hitz does not know.
  std::function<Result<bool>(const std::string& task, const std::string& unihash,
                             const std::string& path)>
      write_signature;
  /// What a task's process tells those who wait for it: "progress" ("50 1.2M/s"), "unihash" ("TASK
  /// HASH").
  std::function<void(const std::string& kind, const std::string& text)> tell;
  /// A line that metadata logs; level as Python's logging has it (bb.note is 20).
  std::function<void(int level, const std::string& text)> log;
  /// Whether a line of that level would be seen by anybody.
  std::function<bool(int level)> hears;
  /// What an earlier run has found out of a subject, where there is one; and what this one has.
  std::function<std::optional<std::string>(const std::string& subject)> kept;
  std::function<void(const std::string& subject, std::string finding)> keep;
};

}  // namespace hitz::python
