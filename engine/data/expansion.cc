// SPDX-License-Identifier: Apache-2.0
#include "engine/data/expansion.h"

#include <array>
#include <vector>

namespace hitz::data {

namespace {

constexpr std::array<bool, 256> name_characters() {
  std::array<bool, 256> table{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned char c : std::string_view("-_+./~:")) table[c] = true;
  return table;
}
constexpr auto kName = name_characters();

// The regular expression ${@(?:{.*?}|.)+?} by backtracking; a position that failed once fails
// always, so each is tried once.
class PythonMatch {
 public:
  explicit PythonMatch(std::string_view line) : line_(line), failed_(line.size() + 1, false) {}

  // The end of the match whose items begin at a position, or npos.
  std::size_t items(std::size_t at, bool may_close) {
    if (may_close && at < line_.size() && line_[at] == '}') return at + 1;
    if (at >= line_.size() || (may_close && failed_[at])) return std::string_view::npos;
    if (line_[at] == '{') {
      for (std::size_t close = line_.find('}', at + 1); close != std::string_view::npos;
           close = line_.find('}', close + 1)) {
        if (std::size_t end = items(close + 1, true); end != std::string_view::npos) return end;
      }
    }
    std::size_t plain = at + 1;  // long runs without braces are walked, not recursed into
    while (plain < line_.size() && line_[plain] != '}' && line_[plain] != '{') ++plain;
    std::size_t end = items(plain, true);
    if (end == std::string_view::npos) failed_[at] = true;
    return end;
  }

 private:
  std::string_view line_;
  std::vector<bool> failed_;
};

}  // namespace

std::optional<Reference> next_variable(std::string_view text, std::size_t from) {
  for (std::size_t at = from; (at = text.find("${", at)) != std::string_view::npos; ++at) {
    std::size_t end = at + 2;
    while (end < text.size() && kName[static_cast<unsigned char>(text[end])]) ++end;
    if (end < text.size() && text[end] == '}' && end > at + 2) {
      return Reference{at, end + 1, text.substr(at + 2, end - at - 2)};
    }
  }
  return std::nullopt;
}

std::optional<Reference> next_python(std::string_view text, std::size_t from) {
  for (std::size_t at = from; (at = text.find("${@", at)) != std::string_view::npos; ++at) {
    std::string_view line = text.substr(0, text.find('\n', at));
    PythonMatch match(line);
    if (std::size_t end = match.items(at + 3, false); end != std::string_view::npos) {
      return Reference{at, end, text.substr(at + 3, end - at - 4)};
    }
  }
  return std::nullopt;
}

}  // namespace hitz::data
