// SPDX-License-Identifier: Apache-2.0
#pragma once
// The commonest expressions of metadata, "bb.utils.contains('VAR', 'words', 'yes', 'no', d)" and
// its kin with literal arguments, read without Python. Two fifths of all bb references in OE-core
// are of this form.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hitz::python {

struct LiteralCall {
  enum class Function { Contains, ContainsAny, Filter } function = Function::Contains;
  std::string_view variable;
  std::string_view words;
  std::string_view yes;
  std::string_view no;
};

/// The call that an expression is; nullopt for every other text, however near.
std::optional<LiteralCall> literal_call(std::string_view expression);

/// What the call gives for the variable's value; "" for a variable that is not set.
std::string answer_of(const LiteralCall& call, std::string_view value);

}  // namespace hitz::python
