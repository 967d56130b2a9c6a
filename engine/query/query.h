// SPDX-License-Identifier: Apache-2.0
#pragma once
// The query language: expressions over a graph of recipes or of tasks.
//
//   expression  = term { ("+" | "union" | "-" | "except" | "^" | "intersect") term }
//   term        = word | "(" expression ")" | function "(" arguments ")" | "let" name "="
//   expression "in" expression | "$" name functions   = deps(e [, depth])  rdeps(universe, e [,
//   depth])  allpaths(a, b)  somepath(a, b)
//                 kind(regex, e)  attr(name, regex, e)
//   A word names a node; "*" in it matches any text; "..." is every node.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace hitz::query {

/// What is asked about: nodes with labels, edges to what each needs.
struct Universe {
  std::vector<std::string> labels;
  std::vector<std::vector<std::uint32_t>> needs;
  std::function<std::string(std::uint32_t)> kind;
  std::function<std::string(std::uint32_t, const std::string&)> attribute;
};

enum class Form { Label, LabelKind, Json, Dot };

/// The nodes an expression stands for; deps and paths from the start outwards, everything else by
/// label. Errors: Input, with the expression, a caret under the place and a suggestion.
Result<std::vector<std::uint32_t>> evaluate(const Universe& universe, std::string_view expression);
std::string render(const Universe& universe, const std::vector<std::uint32_t>& nodes, Form form);

}  // namespace hitz::query
