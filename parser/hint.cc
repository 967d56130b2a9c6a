// SPDX-License-Identifier: Apache-2.0
#include "parser/hint.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "engine/base/text.h"
#include "parser/lines.h"

namespace hitz::parser {

namespace {

constexpr std::array<std::string_view, 8> kOperators = {
    "=", ":=", "?=", "?\?=", "+=", "=+", ".=", "=."};

bool is_operator_character(char c) {
  return std::string_view("=?:+.!<>-~").find(c) != std::string_view::npos;
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find_first_of(" \t"));
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

/// A line as "name operator value", wherever the first run of operator characters before a blank or
/// a quote is.
struct Shape {
  std::string_view name, op, value;
};

std::optional<Shape> shape_of(std::string_view text) {
  std::size_t equal = text.find('=');
  if (equal == std::string_view::npos || equal == 0) return std::nullopt;
  std::size_t begin = equal, end = equal;
  while (begin > 0 && is_operator_character(text[begin - 1])) --begin;
  while (end < text.size() && is_operator_character(text[end])) ++end;
  std::string_view name = strip_right(text.substr(0, begin));
  if (name.empty() || name.find_first_of(" \t\"'(){}") != std::string_view::npos)
    return std::nullopt;
  return Shape{name, text.substr(begin, end - begin), strip_left(text.substr(end))};
}

std::string hint_of_operator(std::string_view op) {
  if (std::find(kOperators.begin(), kOperators.end(), op) != kOperators.end()) return "";
  std::string sorted(op);
  std::sort(sorted.begin(), sorted.end());
  for (std::string_view known : kOperators) {
    std::string letters(known);
    std::sort(letters.begin(), letters.end());
    if (letters == sorted) return "; did you mean " + quoted(known) + "?";
  }
  if (op.find_first_not_of('=') == std::string_view::npos) return "; did you mean '='?";
  return "; " + quoted(op) + " is no operator";
}

std::string hint_of_value(std::string_view value) {
  if (value.empty() || (value[0] != '"' && value[0] != '\''))
    return "; the value must stand in quotes";
  const char quote = value[0], other = quote == '"' ? '\'' : '"';
  if (value.size() == 1 || value.back() != quote) {
    std::size_t closing = value.find(quote, 1);
    if (closing == std::string_view::npos && value.back() == other)
      return std::string("; the value starts with ") + quote + " and ends with " + other;
    if (closing == std::string_view::npos) return "; the quote before the value is never closed";
    std::string_view behind = strip_left(value.substr(closing + 1));
    return behind.starts_with('#') ? "; a comment needs a line of its own"
                                   : "; " + quoted(behind) + " stands behind the value";
  }
  return "";
}

std::string hint_of_assignment(const Shape& shape) {
  if (shape.name.ends_with("[]")) return "; the flag between [ and ] has no name";
  if (std::string hint = hint_of_operator(shape.op); !hint.empty()) return hint;
  return hint_of_value(shape.value);
}

std::string hint_of_header(std::string_view text, Dialect dialect) {
  const bool is_def = first_word(text) == "def";
  const bool is_header = is_def || text.ends_with('{') || text.ends_with(')');
  if (!is_header) return "";
  if (dialect == Dialect::Configuration && text.find('(') != std::string_view::npos)
    return "; a .conf holds no functions: they belong into a class";
  if (is_def && !text.ends_with(':')) return "; ':' is missing at its end";
  if (text.ends_with('{') && text.find('(') == std::string_view::npos)
    return "; '()' is missing before '{'";
  if (text.ends_with("()")) return "; '{' must stand at the end of this line";
  return "";
}

std::string hint_of_keyword(std::string_view text, Dialect dialect) {
  static const std::vector<std::string> kKeywords = {
      "inherit",    "inherit_defer", "include", "include_all", "require",
      "addtask",    "deltask",       "export",  "unset",       "EXPORT_FUNCTIONS",
      "addhandler", "addpylib",      "python",  "fakeroot",    "addfragments"};
  const std::string word(first_word(text));
  if (std::find(kKeywords.begin(), kKeywords.end(), word) == kKeywords.end())
    return suggestion(word, kKeywords);
  if (dialect == Dialect::Configuration && word == "inherit")
    return "; a .conf inherits with INHERIT += \"" +
           std::string(strip_left(text.substr(word.size()))) + "\"";
  if (word.size() == text.size()) return "; it names nothing";
  return "";
}

}  // namespace

std::string hint_of(std::string_view line, Dialect dialect) {
  if (line.starts_with("\xef\xbb\xbf"))
    return "; the file starts with a byte order mark, which is no part of the language";
  if (blank_length(line) > 0) return "; a statement starts in the first column";
  if (auto shape = shape_of(line)) return hint_of_assignment(*shape);
  if (std::string hint = hint_of_header(line, dialect); !hint.empty()) return hint;
  return hint_of_keyword(line, dialect);
}

}  // namespace hitz::parser
