// SPDX-License-Identifier: Apache-2.0
#pragma once
// A parsed file as bytes and back, for whoever keeps it between runs.

#include <optional>
#include <string>
#include <string_view>

#include "parser/statement.h"

namespace hitz::parser {

std::string encode(const Unit& unit);
/// The unit as one of a file; nullopt when the bytes make no sense.
std::optional<Unit> decode(std::string_view bytes, FileId file);

}  // namespace hitz::parser
