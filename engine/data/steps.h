// SPDX-License-Identifier: Apache-2.0
#pragma once
// Steps: what statements that many recipes have in common made of records, so that the next recipe
// takes the same record, with all that is known of it, and makes none.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "engine/data/store.h"

namespace hitz::data {

/// What the statements of one text did. A statement that does the same to the same record each time
/// is a step, with a number of its own.
class Steps {
 public:
  Steps() = default;
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;

 private:
  friend class Step;
  struct Key {
    std::uint32_t number = 0;
    const Variable* before = nullptr;
    const Variable* read = nullptr;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      const std::hash<const void*> place;
      return (place(key.before) ^ (place(key.read) << 7)) + key.number * 0x9E3779B97F4A7C15U;
    }
  };
  struct Known {
    std::shared_ptr<const Variable> before, read;  // so that no other records come to lie there
    std::shared_ptr<Variable> after;
  };
  std::unordered_map<Key, Known, Hash> known_;
};

/// One step, taken by one store. The caller does what the statement says unless it was done() by
/// taking the record that came of it before, and says when it is done.
class Step {
 public:
  /// What the statement writes: of a variable with ':' in its name the value is a variant.
  enum class Writes { Value, Flag };
  /// steps: null where the statement is not worth remembering, or does more than to change a
  /// record of that name. read: another name whose record says what the change is, or "".
  Step(Store& d, Steps* steps, std::uint32_t number, std::string_view name, Writes writes,
       std::string_view read = {});
  bool done() const { return done_; }
  void learn();

 private:
  Store& d_;
  Steps* steps_;
  Steps::Key key_;
  NameId name_;
  std::shared_ptr<const Variable> before_, read_;
  bool done_ = false;
};

}  // namespace hitz::data
