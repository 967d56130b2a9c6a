// SPDX-License-Identifier: Apache-2.0
#pragma once
// What flags and variables that mean yes or no say (bb.utils.to_boolean).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/store.h"

namespace hitz::signature {

/// A value as Python's str() shows it; nullopt for None and for what only Python can hold.
std::optional<std::string> text_or_none(data::Value value);
/// Unset, "" and "no" are false. Errors: neither a yes nor a no.
Result<bool> truth_of(const data::Value& value);
/// Names with a true export flag and no true unexport flag, sorted; those of the engine left out.
Result<std::vector<std::string>> exported_names(data::Store& d);

}  // namespace hitz::signature
