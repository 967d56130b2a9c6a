// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tokens of a query.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace hitz::query {

struct Token {
  enum class Type { Word, Quoted, Open, Close, Comma, Equals, Plus, Minus, Caret, End };
  Type type = Type::End;
  std::string text;        // as a person reads it; of Quoted, without the quotes
  std::size_t column = 0;  // from 0
};

/// The tokens, one of type End last. Errors: a character no token starts with, an open quote.
Result<std::vector<Token>> tokens_of(std::string_view text);

}  // namespace hitz::query
