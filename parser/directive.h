// SPDX-License-Identifier: Apache-2.0
#pragma once
// Directives that are a keyword and a text: the text taken apart as BitBake's own expressions do.

#include <optional>
#include <string>
#include <string_view>

#include "parser/reader.h"
#include "parser/tree.h"

namespace hitz::parser {

/// The statement that a directive's logical line makes; none when the release has no such line.
/// class_name is that of the file, "" in a recipe.
std::optional<Body> directive(NodeKind kind, std::string_view line, Release release,
                              std::string_view class_name);

/// What an addtask of the older release leaves out without refusing it; "" for nothing.
std::string ignored_in_addtask(std::string_view line);

/// The first word of an addtask that holds an override keyword glued to a name (":append_x").
std::optional<std::string> keyword_in_task(std::string_view line);

}  // namespace hitz::parser
