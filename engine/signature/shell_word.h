// SPDX-License-Identifier: Apache-2.0
#pragma once
// The inside of one shell word: quotes and expansions as a tree.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace hitz::signature {

/// A quote or an expansion with what stands between its delimiters, or plain text (no delimiters,
/// no parts). The whole word is a part with empty delimiters.
struct WordPart {
  std::string open;   // one of ' " ` \ $ $( ${ or ""
  std::string close;  // ' " ` ) } or ""
  std::string text;   // of plain text
  std::vector<WordPart> parts;
  bool is_text() const { return open.empty() && close.empty() && parts.empty(); }
};

/// Reads one quote or expansion that starts at text[at] with one of \ " ' ` $; at moves past it.
/// Errors: no end; arithmetic, which the grammar does not know.
Result<WordPart> read_quoted(std::string_view text, std::size_t& at);
/// The tree of a whole word, literal stretches folded together.
Result<WordPart> read_word(std::string_view word);
/// The text between the delimiters, as written.
std::string inner_text(const WordPart& part);
/// The text with its delimiters, as written; line continuations are gone.
std::string whole_text(const WordPart& part);
/// The text without quotes; expansions as written.
std::string unquoted(const WordPart& word);

}  // namespace hitz::signature
