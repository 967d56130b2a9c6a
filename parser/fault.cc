// SPDX-License-Identifier: Apache-2.0
#include "parser/fault.h"

#include <fmt/format.h>

#include "parser/hint.h"

namespace hitz::parser {

tl::unexpected<Error> parse_error(std::string_view path, std::uint32_t line,
                                  std::string_view message) {
  std::string place = line == 0 ? fmt::format("ParseError in {}", path)
                                : fmt::format("ParseError at {}:{}", path, line);
  return kind_error(Kind::Parse, fmt::format("{}: {}", place, message));
}

tl::unexpected<Error> unparsed_line(std::string_view path, const LogicalLine& line,
                                    Dialect dialect) {
  auto out = parse_error(path, line.last_line, fmt::format("unparsed line: '{}'", line.text()));
  std::string hint = hint_of(line.text(), dialect);
  if (line.line != line.last_line) hint += fmt::format("; it starts on line {}", line.line);
  out.value().with_hint(std::move(hint));
  return out;
}

tl::unexpected<Error> join_error(std::string_view path, const LogicalLine& line) {
  switch (line.fault) {
    case JoinFault::CommentInside:
      return kind_error(Kind::Handled,
                        fmt::format("{}:{}: a comment stands inside the statement that starts on "
                                    "line {} and continues over it",
                                    path, line.fault_line, line.line));
    case JoinFault::CommentContinued:
      return kind_error(
          Kind::Handled,
          fmt::format("{}:{}: a comment ends in a backslash, and the line after it is "
                      "no comment: is that line one or not?",
                      path, line.fault_line));
    case JoinFault::Unfinished:
      return parse_error(path, line.fault_line, "the file ends after a backslash");
    case JoinFault::Empty:
    case JoinFault::None: break;
  }
  return parse_error(path, line.fault_line, "a backslash continues a line that says nothing");
}

}  // namespace hitz::parser
