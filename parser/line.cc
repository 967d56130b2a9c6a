// SPDX-License-Identifier: Apache-2.0
#include "parser/line.h"

#include <algorithm>

namespace hitz::parser {

namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

// The length of the UTF-8 sequence at a position, 0 when it is none.
std::size_t sequence_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = first >= 0xf0 && first < 0xf5   ? 4
                       : first >= 0xe0 && first < 0xf0 ? 3
                       : first >= 0xc2 && first < 0xe0 ? 2
                                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) > 0x9f) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

}  // namespace

Lines::Lines(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos; ++at) {
    if (at + 1 < text.size()) starts_.push_back(at + 1);
  }
}

std::uint32_t Lines::count() const {
  return static_cast<std::uint32_t>(starts_.size());
}

std::uint32_t Lines::line_of(std::size_t byte) const {
  return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), byte) -
                                    starts_.begin());
}

std::string_view Lines::text(std::uint32_t line) const {
  if (line == 0 || line > starts_.size()) return {};
  std::size_t first = starts_[line - 1];
  return text_.substr(first, text_.find('\n', first) - first);
}

std::pair<std::uint32_t, std::string> Lines::logical_line_at(std::size_t byte) const {
  std::uint32_t line = line_of(byte);
  while (line > 1 && right_stripped(text(line - 1)).ends_with('\\')) --line;
  std::string out;
  for (;; ++line) {
    std::string_view piece = right_stripped(text(line));
    if (!piece.ends_with('\\') || line >= count()) return {line, out + std::string(piece)};
    out += piece.substr(0, piece.size() - 1);
  }
}

std::string_view right_stripped(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string without_continuations(std::string_view text) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos; ++at) {
    std::string_view before = right_stripped(text.substr(done, at - done));
    if (!before.ends_with('\\')) continue;
    out += before.substr(0, before.size() - 1);
    done = at + 1;
  }
  return out += text.substr(done);
}

std::optional<std::uint32_t> first_invalid_utf8(std::string_view text) {
  std::uint32_t line = 1;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\n') ++line;
    std::size_t length = sequence_length(text.substr(at));
    if (length == 0) return line;
    at += length;
  }
  return std::nullopt;
}

}  // namespace hitz::parser
