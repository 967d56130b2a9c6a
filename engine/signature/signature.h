// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hashes of tasks as BitBake defines them. Three types, so that none is taken for another.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/result.h"
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

/// What a task's base hash covers; enough to explain it and to write sigdata.
struct Manifest {
  BaseHash hash;
  std::set<std::string> variables;  // the transitive closure, the task excluded
  std::map<std::string, std::set<std::string>>
      dependencies;  // variable -> what it refers to directly
  std::map<std::string, std::optional<std::string>> values;  // variable -> text that is hashed
};

struct TaskSignature {
  TaskHash hash;
  UniHash unihash;
  std::vector<std::pair<std::string, std::string>> file_checksums;  // name, md5
  std::vector<std::pair<std::string, std::string>> dependencies;    // "PN:do_task", its unihash
  std::optional<std::string> taint;
};

}  // namespace hitz::signature
