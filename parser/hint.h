// SPDX-License-Identifier: Apache-2.0
#pragma once
// What may have been meant by a line that is none of the language.

#include <string>
#include <string_view>

#include "parser/reader.h"

namespace hitz::parser {

/// "; did you mean 'inherit'?", "; the value must stand in quotes" …; "" where nothing is near.
std::string hint_of(std::string_view line, Dialect dialect);

}  // namespace hitz::parser
