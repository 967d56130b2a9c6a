// SPDX-License-Identifier: Apache-2.0
#include "engine/base/text.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace hitz {

namespace {

constexpr std::string_view kBlanks = " \t\n\r\f\v\x1c\x1d\x1e\x1f";

// U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F and U+3000 in UTF-8.
constexpr std::string_view kWideBlanks[] = {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001",
                                            "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                            "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
                                            "\u2029", "\u202f", "\u205f", "\u3000"};

// How many bytes of a text's beginning are a blank.
std::size_t blank_at(std::string_view text) {
  if (kBlanks.find(text[0]) != std::string_view::npos) return 1;
  for (std::string_view blank : kWideBlanks) {
    if (text.starts_with(blank)) return blank.size();
  }
  return 0;
}

std::vector<std::string> words_between_wide_blanks(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  while (!text.empty()) {
    std::size_t blank = blank_at(text);
    if (blank == 0) word += text[0];
    if (blank != 0 && !word.empty()) out.push_back(std::exchange(word, {}));
    text.remove_prefix(std::max<std::size_t>(blank, 1));
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
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
  auto wide = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  if (std::any_of(text.begin(), text.end(), wide)) return words_between_wide_blanks(text);
  std::vector<std::string> out;
  for (std::size_t at = 0; (at = text.find_first_not_of(kBlanks, at)) != std::string_view::npos;) {
    std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
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
