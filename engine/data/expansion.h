// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finding ${NAME} and ${@…} in a text, as BitBake's two regular expressions find them.

#include <optional>
#include <string_view>

namespace hitz::data {

/// A reference within a text: [begin, end) with its ${ and }, and what is between.
struct Reference {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view inner;
};

/// The next ${NAME} at or after a position; names are letters, digits and -_+./~: only.
std::optional<Reference> next_variable(std::string_view text, std::size_t from);
/// The next ${@code}: one level of braces inside, no newline; the shortest that closes.
std::optional<Reference> next_python(std::string_view text, std::size_t from);

}  // namespace hitz::data
