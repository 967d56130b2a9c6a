// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a variable or a flag may hold.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace hitz::data {

/// A Python object that metadata stored; shared, never looked into here. The python room derives
/// from it.
class Opaque {
 public:
  virtual ~Opaque() = default;
};

/// monostate is Python's None: not set. Lists are flags like a task's deps.
using Value = std::variant<std::monostate, std::string, std::int64_t, bool,
                           std::vector<std::string>, std::shared_ptr<const Opaque>>;

inline bool is_set(const Value& value) {
  return !std::holds_alternative<std::monostate>(value);
}
/// Python's truth of a value: set, and neither "" nor 0 nor an empty list.
inline bool is_true(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number != 0;
  if (const auto* yes = std::get_if<bool>(&value)) return *yes;
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) return !items->empty();
  return is_set(value);
}
/// The text of a value, or null where it is none.
inline const std::string* text_of(const Value& value) {
  return std::get_if<std::string>(&value);
}

}  // namespace hitz::data
