// SPDX-License-Identifier: Apache-2.0
#pragma once
// Lowering: a text and its syntax tree to statements. The tree says what each logical line is and
// where its parts are; what BitBake decides by dialect and release is decided here.

#include <string_view>

#include "parser/reader.h"
#include "parser/tree.h"

namespace hitz::parser {

/// A text, where it is from, and by which rules it is read.
struct Input {
  std::string_view text;
  std::string_view path;
  FileId file;
  Dialect dialect;
  Release release;
};

/// Every line becomes a statement, a comment or an error: none is lost.
Result<Unit> lower(Grammar& grammar, const Input& input);

}  // namespace hitz::parser
