// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hashes of tasks as BitBake defines them. Three types, so that none is taken for another.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/data/names.h"
#include "engine/graph/task_graph.h"
#include "engine/recipe/recipe.h"

namespace hitz::signature {

struct BaseHash {
  std::string hex;
};
struct TaskHash {
  std::string hex;
};
struct UniHash {
  std::string hex;
};

/// Names by their numbers, none twice; null: none.
using NameList = std::shared_ptr<const std::vector<data::NameId>>;

/// A variable, a function or a flag ("do_x[dirs]") that base hashes of a recipe cover.
struct Node {
  data::NameId name;
  std::shared_ptr<const std::string> value;  // the text that is hashed; null: none
  NameList needs;                            // what it refers to directly; recipes share it
  bool exports = false;                      // it depends on all exported variables, too
};

/// The nodes of one recipe.
struct Nodes {
  std::shared_ptr<data::Names> names;
  std::vector<Node> all;
  std::vector<data::NameId> exported;  // the recipe's variables that tasks have in the environment
  const Node* find(std::string_view name) const;
  const std::string& text(const Node& node) const { return names->text(node.name); }
  /// What a node refers to directly, sorted.
  std::vector<std::string> dependencies(const Node& node) const;

 private:
  mutable data::NameTable<std::uint32_t> places_;  // of those that somebody could ask for so far
};

/// What a task's base hash covers; enough to explain it and to write sigdata.
struct Manifest {
  std::string task;
  BaseHash hash;
  std::vector<std::string> variables;  // the transitive closure without the task, sorted
  std::shared_ptr<const Nodes> nodes;  // of the whole recipe

  /// The text of a name that is hashed; nullopt when there is none.
  std::optional<std::string> value(std::string_view name) const;
  /// What a name refers to directly, sorted.
  std::vector<std::string> dependencies(std::string_view name) const;
};

struct TaskSignature {
  TaskHash hash;
  UniHash unihash;
  std::vector<std::pair<std::string, std::string>> file_checksums;  // name, md5
  std::vector<std::pair<std::string, std::string>> dependencies;    // "PN:do_task", its unihash
  std::vector<graph::TaskId> needs;  // the tasks of those, in their order
  std::optional<std::string> taint;  // of a forced run; "nostamp:…" of a task without stamps
};

}  // namespace hitz::signature
