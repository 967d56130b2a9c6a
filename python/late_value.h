// SPDX-License-Identifier: Apache-2.0
#pragma once
// A value of a variable that is made when Python asks for it first: most never are.

#include <string>

#include "engine/data/value.h"
#include "python/object.h"

namespace hitz::python {

class LateValue final : public data::Opaque {
 public:
  /// What a function of a module makes of a text.
  LateValue(std::string module, std::string function, std::string text);
  LateValue(const LateValue&) = delete;
  LateValue& operator=(const LateValue&) = delete;
  ~LateValue() override;
  /// The same each time; null and an exception set when the function fails.
  Object object() const;

 private:
  std::string module_, function_, text_;
  mutable Object made_;  // null until it is asked for
};

}  // namespace hitz::python
