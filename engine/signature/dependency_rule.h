// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which of the tasks that a task waits for count in its hash.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/recipe/recipe.h"

namespace hitz::signature {

/// By BB_SIGNATURE_HANDLER: OE-Core's rules for its own handlers (names that begin with OE), else
/// BB_TASKHASH_IGNORE_TASKS alone.
class DependencyRule {
 public:
  static Result<DependencyRule> from(const recipe::World& world);
  /// OE-Core's, of lists that speak of recipes: those whose changes change no ABI, and
  /// "recipe->dependency" or "*->dependency" that are safe to leave out.
  static DependencyRule of_oe_core(const std::vector<std::string>& same_abi,
                                   const std::vector<std::string>& safe);
  ~DependencyRule();
  DependencyRule(DependencyRule&&) noexcept;
  DependencyRule& operator=(DependencyRule&&) noexcept;
  DependencyRule(const DependencyRule&) = delete;
  DependencyRule& operator=(const DependencyRule&) = delete;

  /// Recipes stay where and as they are while they are asked for.
  bool counts(const recipe::Recipe& recipe, const std::string& task,
              const recipe::Recipe& dependency, const std::string& dependency_task) const;
  /// The pattern of BB_TASKHASH_IGNORE_TASKS, "" for none.
  const std::string& ignored_tasks() const;

 private:
  struct State;
  explicit DependencyRule(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hitz::signature
