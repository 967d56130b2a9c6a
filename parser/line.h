// SPDX-License-Identifier: Apache-2.0
#pragma once
// Physical and logical lines of a text.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hitz::parser {

/// The lines of a text; numbers count from 1, line ends are not part of a line.
class Lines {
 public:
  explicit Lines(std::string_view text);
  std::uint32_t count() const;
  std::uint32_t line_of(std::size_t byte) const;
  std::string_view text(std::uint32_t line) const;
  /// The logical line that holds a byte: the number of its last physical line, and its joined text.
  std::pair<std::uint32_t, std::string> logical_line_at(std::size_t byte) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

std::string_view right_stripped(std::string_view text);
/// Backslashes at line ends go, with the blanks after them and the line end.
std::string without_continuations(std::string_view text);
/// The number of the first line with bytes that are not UTF-8.
std::optional<std::uint32_t> first_invalid_utf8(std::string_view text);

}  // namespace hitz::parser
