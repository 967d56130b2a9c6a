// SPDX-License-Identifier: Apache-2.0
#pragma once
// All recipes of a configuration: from the cache where that is sound, evaluated by several
// processes where not.

#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/findings.h"
#include "engine/recipe/collect.h"
#include "engine/recipe/kept_rows.h"
#include "engine/recipe/premises.h"
#include "engine/recipe/worker_pool.h"

namespace hitz::recipe {

struct ReadOptions {
  int processes = 1;          // that evaluate, when there is enough to do
  std::string cache;          // path of the database that keeps recipes between runs; "" for none
  std::string identity;       // what else recipes depend on: hitz itself, Python's modules
  std::int64_t since_ns = 0;  // when the first file was read, by file_clock_ns(); 0: now
  KeptRowsAhead* ahead = nullptr;  // reads the database meanwhile
  ForkHooks hooks;
  Findings* findings = nullptr;  // of code; a worker's are sent to its parent
  event::Relay* log = nullptr;   // where lines from metadata go; a worker's are sent to its parent
  /// Of one recipe alone, whatever others there are: files that cannot make it are left out, and
  /// nothing is kept. "" for all.
  std::string only;
  /// Where is noted what this rests on outside of the configuration; null for nowhere.
  Premises* premises = nullptr;
  /// Adds what rooms above know of a recipe: the base hashes of its tasks.
  std::function<Result<void>(Recipe&, data::Store&)> complete;
  /// Whether every recipe is completed, or those that the world's Completion is asked for: most
  /// commands need few or none, and it takes as long as all the rest.
  enum class Completing { All, Asked } completing = Completing::All;
};

/// All recipes of a configuration, without those of its multiconfigs. Files that cannot be parsed
/// are all told before this fails.
Result<World> read_world(const layer::Configuration& configuration, eval::Evaluator& evaluator,
                         event::EventSink& events, const ReadOptions& options = {});

}  // namespace hitz::recipe
