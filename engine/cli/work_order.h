// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a worker is told, as bytes.

#include <optional>
#include <string>
#include <string_view>

#include "engine/cli/worker.h"
#include "engine/recipe/collect.h"

namespace hitz::cli {

std::string encode(const WorkFacts& facts);
std::optional<WorkFacts> decode_facts(std::string_view bytes);

/// An order with the recipe's file, from which a worker makes the recipe again.
struct RecipeOrder {
  recipe::RecipeFile file;
  std::string variant, marks;
  bool quiet = false, gives_way = false;
  WorkOrder order;
};
std::string encode(const exec::Job& job, const WorkOrder& order);
std::optional<RecipeOrder> decode_order(std::string_view bytes);

}  // namespace hitz::cli
