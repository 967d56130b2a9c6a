// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a query says. The grammar, loosest first:
//
//   expression = term { ("+" | "union" | "-" | "except" | "^" | "intersect") term }
//   term       = "(" expression ")"
//              | "let" name "=" expression "in" expression
//              | "$" name
//              | "set" "(" { word } ")"
//              | function "(" [ argument { "," argument } ] ")"
//              | word
//   argument   = expression | word | number, as the function has it
//
// The operators have one precedence and group to the left. A word is a label, a name that a recipe
// provides, or a pattern with "*", "?" or "[…]"; "*" and "..." are everything. Words hold letters,
// digits and */@._:$~[]?!{}|% and, but not at the start, "-" and "+": names like libstdc++ need no
// quotes, operators need a blank before them. In "…" or '…' a word may hold anything.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/result.h"

namespace hitz::query {

struct Expression;
using Child = std::unique_ptr<Expression>;

/// A word that stands for nodes.
struct Word {
  std::string text;
};
/// $name.
struct Variable {
  std::string name;
};
/// set(a b c).
struct Listing {
  std::vector<Expression> words;
};
struct Operation {
  enum class Operator { Union, Except, Intersect } op = Operator::Union;
  Child left;
  Child right;
};
struct Let {
  std::string name;
  Child value;
  Child body;
};

enum class Function { Deps, Rdeps, AllPaths, SomePath, Kind, Attr, Filter, Some };
/// The words, the expressions and the number among a function's arguments, each kind in order.
struct Call {
  Function function = Function::Deps;
  std::vector<std::string> words;
  std::vector<Expression> expressions;
  std::uint32_t number = UINT32_MAX;  // depth or count; UINT32_MAX when it is not given
};

struct Expression {
  std::size_t column = 0;  // of the first character, from 0
  std::variant<Word, Variable, Listing, Operation, Let, Call> body;
};

/// Errors (Input): what is wrong, the text, and a caret below the place.
Result<Expression> parse(std::string_view text);

/// An error that shows the place in the query.
Error error_at(std::string_view text, std::size_t column, std::string message);

}  // namespace hitz::query
