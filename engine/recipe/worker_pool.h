// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files evaluated by several processes, forked from this one after its configuration is complete.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/names.h"
#include "engine/event/event.h"

namespace hitz::recipe {

/// One number for a name, the same in every process.
inline std::uint64_t name_hash(std::string_view name) {  // FNV-1a
  std::uint64_t out = 14695981039346656037ULL;
  for (char c : name) out = (out ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return out;
}

/// What the evaluation of one recipe file gave, and all that this may depend on.
struct Evaluated {
  std::string record;                  // encode() of the recipes
  std::vector<std::string> files;      // every file that was read or looked for
  std::vector<data::NameId> numbered;  // variables of the configuration that were looked at, as
                                       // numbers that were given before any process was forked
  std::vector<std::uint64_t> others;   // name_hash() of the others that were looked at
  bool all_names = false;              // the names of all its variables were looked at
  std::vector<std::string> outside;    // what it asked the system, each with the answer behind it
  bool keep = true;  // unless it must be evaluated in every run (BB_DONT_CACHE, a program was run)
};

/// What a worker has to tell of one item.
struct Told {
  Result<Evaluated> result;
  std::vector<event::Log> log;
  std::string findings;  // of code, that were new to it: Findings::new_ones()
};

/// What lives above: Python's part in forking.
struct ForkHooks {
  std::function<void()> before, after_in_parent, after_in_child;
};

struct Pool {
  int processes = 1;
  ForkHooks hooks;
  std::function<Told(std::size_t)> work;        // in a worker: evaluates one item
  std::function<void(std::size_t, Told)> done;  // in this process, in any order
};

/// Processes that do all items 0 … count - 1.
class Crew {
 public:
  Crew(std::size_t count, Pool pool);
  /// Ends the processes.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  /// They work from here on. Errors: what the system refuses.
  Result<void> start();
  /// Takes what they tell until all is done. Errors of items go to done; so does the death of a
  /// process within one. Errors: what the system refuses; Internal when items are left that nobody
  /// works at.
  Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Both at once.
Result<void> work_off(std::size_t count, Pool pool);

}  // namespace hitz::recipe
