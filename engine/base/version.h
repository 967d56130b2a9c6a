// SPDX-License-Identifier: Apache-2.0
#pragma once
// Versions of recipes, in the order that BitBake gives them (facts T57).

#include <string>
#include <string_view>

namespace hitz {

/// PE, PV and PR of a recipe.
struct Version {
  std::string_view epoch;
  std::string_view version;
  std::string_view revision;
};

/// Below 0 when a is older than b, above 0 when it is newer. Texts are cut into runs of digits,
/// runs of letters and single other characters; "~" is older than the end of the text, the end and
/// numbers are older than letters, letters than anything else.
int compare_versions(const Version& a, const Version& b);
/// The same for one part.
int compare_version_parts(std::string_view a, std::string_view b);

}  // namespace hitz
