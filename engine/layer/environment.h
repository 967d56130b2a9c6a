// SPDX-License-Identifier: Apache-2.0
#pragma once
// What of the process's environment the metadata may see (facts L154).

#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/base/result.h"
#include "engine/data/store.h"

namespace hitz::layer {

using Environment = std::map<std::string, std::string>;

/// The names that may pass: a fixed list, BB_ENV_PASSTHROUGH instead of it, and
/// BB_ENV_PASSTHROUGH_ADDITIONS besides; BB_PRESERVE_ENV lets everything pass.
std::set<std::string> permitted_names(const Environment& environment);

/// The names whose values decide what inherit_environment() does, unless everything passes.
std::set<std::string> counting_names(const Environment& environment);

/// Sets the permitted variables in d, and exports those that tasks need. The locale is en_US.UTF-8
/// whatever it was; BB_ORIGENV is a store of the whole environment, and what is looked at of it
/// goes to reads, unless they are null.
Result<void> inherit_environment(const Environment& environment, data::Store& d,
                                 std::shared_ptr<data::Reads> reads = nullptr);

}  // namespace hitz::layer
