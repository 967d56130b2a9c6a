// SPDX-License-Identifier: Apache-2.0
#pragma once
// Strict UTF-8, as Python's decoder has it: no overlong forms, no surrogates, nothing past
// U+10FFFF.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hitz::parser {

struct InvalidUtf8 {
  std::size_t at = 0;
  std::uint32_t line = 0;
};

std::optional<InvalidUtf8> first_invalid_utf8(std::string_view text);

}  // namespace hitz::parser
