// SPDX-License-Identifier: Apache-2.0
#pragma once
// Lines as BitBake reads them: physical lines, right-stripped, joined into logical lines where one
// ends with a backslash. Blanks are those of Python's str.isspace; line ends are "\n" alone (the
// reader has turned "\r\n" and "\r" into it).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/reader.h"

namespace hitz::parser {

/// The length in bytes of the blank that a text starts with, 0 when it starts with none.
std::size_t blank_length(std::string_view text);
std::string_view strip_left(std::string_view text);
std::string_view strip_right(std::string_view text);
/// The words between blanks, as Python's text.split().
std::vector<std::string> blank_words(std::string_view text);
/// The physical line that starts at a byte, without its "\n".
std::string_view physical_line(std::string_view text, std::size_t first);

/// What BitBake refuses while it joins lines, before it looks at what they say.
enum class JoinFault {
  None,
  CommentInside,     // a "#" line continues a statement
  CommentContinued,  // a line that is no comment continues a "#" line
  Unfinished,        // the file ends after a backslash
  Empty,             // a backslash continues nothing
};

/// One line of the language: the physical lines [first, last) and what they say together.
struct LogicalLine {
  std::size_t first = 0;
  std::size_t last = 0;         // end of the last physical line, before its "\n"
  std::uint32_t line = 0;       // number of the first physical line
  std::uint32_t last_line = 0;  // and of the last
  JoinFault fault = JoinFault::None;
  std::uint32_t fault_line = 0;
  std::string_view single;  // the text when there is one physical line
  std::string joined;       // the text when there are several

  std::string_view text() const { return line == last_line ? single : joined; }
};

/// The logical line whose first physical line starts at a byte and has a number.
LogicalLine logical_line(std::string_view text, std::size_t first, std::uint32_t line,
                         Dialect dialect);

/// A stretch of a logical line's bytes as BitBake sees it: continued line ends are not there.
std::string without_continuations(std::string_view stretch);

}  // namespace hitz::parser
