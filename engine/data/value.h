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
/// The text of a value, or null where it is none.
inline const std::string* text_of(const Value& value) {
  return std::get_if<std::string>(&value);
}

}  // namespace hitz::data
