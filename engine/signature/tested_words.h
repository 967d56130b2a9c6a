// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words that code tests variables for (bb.utils.contains and kin), as hashes take them.

#include <functional>
#include <string>
#include <vector>

#include "engine/data/store.h"

namespace hitz::signature {

/// value, and behind it each tested word of each tested variable as a line that says whether it is
/// there: code with the same answers has the same hash.
Result<std::string> with_tested_words(std::string value,
                                      const std::vector<const data::CodeRefs*>& code,
                                      data::Store& d,
                                      const std::function<bool(data::NameId)>& left_out);

}  // namespace hitz::signature
