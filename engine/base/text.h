// SPDX-License-Identifier: Apache-2.0
#pragma once
// Small operations on text that every room needs. Blanks are Python's str.split() blanks, for trim()
// those within ASCII.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hitz {

/// The words of a text, as Python's text.split().
std::vector<std::string> words(std::string_view text);
/// The pieces between separators, empty ones included, as Python's text.split(separator).
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
/// The candidate nearest to a misspelt name, when one is near enough to suggest.
std::optional<std::string> near_miss(std::string_view name,
                                     const std::vector<std::string>& candidates);
/// "; did you mean 'x'?" or "".
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace hitz
