// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files of metadata that many recipes share.

#include <string_view>

namespace hitz {

/// Whether what a file says is worth keeping between runs, by its name: a recipe is read when it
/// has changed, above all.
inline bool is_shared_text(std::string_view path) {
  return path.ends_with(".conf") || path.ends_with(".bbclass") || path.ends_with(".inc");
}

}  // namespace hitz
