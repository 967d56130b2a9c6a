// SPDX-License-Identifier: Apache-2.0
#pragma once
// Versions of recipes, compared as BitBake does.

#include <string_view>

namespace hitz::graph {

/// Negative, zero or positive: runs of digits as numbers, of letters as text; "~" sorts before the
/// end.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace hitz::graph
