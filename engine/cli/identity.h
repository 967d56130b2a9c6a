// SPDX-License-Identifier: Apache-2.0
#pragma once
// Identities: digests that are other ones when what all results depend on is another one.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/hash.h"
#include "engine/base/result.h"
#include "engine/data/store.h"

namespace hitz::cli {

struct Installation;

/// The program that this process runs.
std::string identity_of_program();
/// Adds the Python modules that a configuration adds.
Result<void> add_libraries(Sha256& out, data::Store& config, std::int64_t since_ns);
/// hitz itself and the Python modules that a configuration adds. since_ns: when the configuration's
/// first file was read.
Result<std::string> identity_of_code(const Installation& installation, data::Store& config,
                                     std::int64_t since_ns);
/// What recipes depend on besides their files and the variables they look at: that, and the classes
/// that all share.
Result<std::string> identity_of(const std::string& code, data::Store& config,
                                std::int64_t since_ns);

}  // namespace hitz::cli
