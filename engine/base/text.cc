// SPDX-License-Identifier: Apache-2.0
#include "engine/base/text.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace hitz {

namespace {

constexpr std::string_view kBlanks = " \t\n\r\f\v\x1c\x1d\x1e\x1f";

/// How many bytes the blank has that stands at a place: one of those that Python's str.split() cuts
/// at, in UTF-8. 0 when none stands there.
std::size_t blank_at(std::string_view text, std::size_t at) {
  auto byte = [&](std::size_t offset) {
    return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U;
  };
  if (byte(0) < 0x80) {
    bool control = (byte(0) >= '\t' && byte(0) <= '\r') || (byte(0) >= 0x1c && byte(0) <= 0x1f);
    return control || byte(0) == ' ' ? 1 : 0;
  }
  if (byte(0) == 0xc2) return byte(1) == 0x85 || byte(1) == 0xa0 ? 2 : 0;
  unsigned int code = ((byte(0) & 0x0fU) << 12U) | ((byte(1) & 0x3fU) << 6U) | (byte(2) & 0x3fU);
  bool three = byte(0) >= 0xe1 && byte(0) <= 0xe3 && byte(2) != 0;
  bool blank = code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
               code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
  return three && blank ? 3 : 0;
}

// Insertions, deletions, replacements and swaps of neighbours count one each.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    if (std::size_t blank = blank_at(text, at); blank != 0) {
      at += blank;
      continue;
    }
    std::size_t end = at + 1;
    while (end < text.size() && blank_at(text, end) == 0) ++end;
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (std::size_t at = 0;;) {
    std::size_t end = text.find(separator, at);
    out.emplace_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return out;
    at = end + 1;
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::string_view trim(std::string_view text) {
  std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::optional<std::string> near_miss(std::string_view name,
                                     const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
  for (const auto& candidate : candidates) {
    if (candidate.size() > name.size() + limit || name.size() > candidate.size() + limit) continue;
    std::size_t distance = edit_distance(name, candidate);
    if (distance > limit || (best != nullptr && distance == limit)) continue;
    limit = distance;
    best = &candidate;
  }
  return best != nullptr ? std::optional<std::string>(*best) : std::nullopt;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  auto near = near_miss(name, candidates);
  return near ? "; did you mean '" + *near + "'?" : "";
}

}  // namespace hitz
