// SPDX-License-Identifier: Apache-2.0
#pragma once
// A sysroot: one tree of hard links into the trees of several components.

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace hitz::sysroot {

/// Makes a folder hold exactly what the components bring; what it holds of that already is not
/// touched. Errors: Input when two components bring the same path with different contents, naming
/// both, and then nothing has changed; Environment otherwise.
Result<void> compose(const std::string& destination, const std::vector<std::string>& components);

}  // namespace hitz::sysroot
