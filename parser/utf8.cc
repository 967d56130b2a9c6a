// SPDX-License-Identifier: Apache-2.0
#include "parser/utf8.h"

#include <algorithm>
#include <cstring>

namespace hitz::parser {

namespace {

/// The length of the well-formed character at the start of a text, 0 when there is none. The bounds
/// of the second byte are what keeps out overlong forms, surrogates and the far end.
std::size_t character_length(std::string_view text) {
  auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  unsigned char first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = first < 0xc2   ? 0
                       : first < 0xe0 ? 2
                       : first < 0xf0 ? 3
                       : first < 0xf5 ? 4
                                      : 0;
  if (length == 0 || text.size() < length) return 0;
  unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t at = 2; at < length; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return 0;
  }
  return length;
}

/// Whether the next eight bytes are there and all ASCII.
bool eight_ascii(std::string_view text) {
  if (text.size() < 8) return false;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text.data(), 8);
  return (bytes & 0x8080808080808080U) == 0;
}

}  // namespace

std::optional<InvalidUtf8> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::string_view rest = text.substr(at);
    std::size_t length = eight_ascii(rest) ? 8 : character_length(rest);
    if (length == 0) {
      auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      return InvalidUtf8{at, static_cast<std::uint32_t>(line + 1)};
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace hitz::parser
