// SPDX-License-Identifier: Apache-2.0
#pragma once
// TaskTable: the tasks of some recipes, numbered, and found by name.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/recipe/recipe.h"

namespace hitz::graph {

/// A task's number among all tasks of the recipes that were resolved, needed or not.
using TaskNumber = std::uint32_t;
using TaskNumbers = std::vector<TaskNumber>;

class TaskTable {
 public:
  TaskTable(const recipe::World& world, const std::vector<recipe::RecipeId>& recipes);

  TaskNumber size() const { return static_cast<TaskNumber>(rows_.size()); }
  const recipe::Task& task(TaskNumber number) const { return *rows_[number].task; }
  recipe::RecipeId recipe(TaskNumber number) const { return rows_[number].recipe; }
  /// The first task of a recipe; those that follow are in the recipe's order.
  TaskNumber first(recipe::RecipeId id) const { return firsts_[id.value]; }
  std::optional<TaskNumber> find(recipe::RecipeId id, std::string_view name) const;
  /// "busybox do_compile".
  std::string label(TaskNumber number) const;

 private:
  struct Row {
    recipe::RecipeId recipe;
    const recipe::Task* task = nullptr;
  };
  const recipe::World& world_;
  std::vector<Row> rows_;
  std::vector<TaskNumber> firsts_;  // by recipe; UINT32_MAX where it is not among them
  std::unordered_map<std::string_view, std::uint32_t> names_;
  std::vector<std::pair<std::uint32_t, TaskNumber>>
      by_name_;  // parallel to rows_, sorted by recipe
};

}  // namespace hitz::graph
