// SPDX-License-Identifier: Apache-2.0
#pragma once
// The errors of this room: what each says and which of BitBake's exceptions it is.

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "parser/lines.h"

namespace hitz::parser {

/// "ParseError at path:line: message"; "ParseError in path: message" for line 0.
tl::unexpected<Error> parse_error(std::string_view path, std::uint32_t line,
                                  std::string_view message);
/// A line that no rule of the language takes, with what may have been meant.
tl::unexpected<Error> unparsed_line(std::string_view path, const LogicalLine& line,
                                    Dialect dialect);
tl::unexpected<Error> join_error(std::string_view path, const LogicalLine& line);

}  // namespace hitz::parser
