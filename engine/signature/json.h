// SPDX-License-Identifier: Apache-2.0
#pragma once
// As much JSON as signature data needs: texts, lists, objects, null; numbers and truths are kept as
// they are written.

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/result.h"

namespace hitz::signature {

struct Json {
  using List = std::vector<Json>;
  using Object = std::map<std::string, Json>;
  /// A number, true or false.
  struct Literal {
    std::string text;
  };
  std::variant<std::monostate, std::string, List, Object, Literal> value;

  Json() = default;
  Json(std::string text) : value(std::move(text)) {}    // NOLINT(google-explicit-constructor)
  Json(const char* text) : value(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  Json(List items) : value(std::move(items)) {}         // NOLINT(google-explicit-constructor)
  Json(Object members) : value(std::move(members)) {}   // NOLINT(google-explicit-constructor)
  Json(Literal literal) : value(std::move(literal)) {}  // NOLINT(google-explicit-constructor)

  bool is_text() const { return std::holds_alternative<std::string>(value); }
  bool is_literal() const { return std::holds_alternative<Literal>(value); }
  bool is_object() const { return std::holds_alternative<Object>(value); }
  /// What is asked for, or something empty when the value is of another kind; a literal has a text.
  const std::string& text() const;
  const List& items() const;
  const Object& members() const;
  const Json* member(const std::string& name) const;
  const Json& operator[](const std::string& name) const;

  /// Without blanks, keys in order, characters beyond ASCII escaped: as Python's json.dumps with
  /// sort_keys and narrow separators.
  std::string dump() const;
  static Result<Json> parse(std::string_view text);
};

/// Adds a text in quotes, as dump() writes it.
void append_json(std::string_view text, std::string& out);

}  // namespace hitz::signature
