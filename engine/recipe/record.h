// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recipes as bytes, for the cache and for workers to send.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/recipe/collect.h"

namespace hitz::recipe {

/// The recipes of one file without their datastores, and without what the file itself says (path,
/// appends, layer).
std::string encode(const std::vector<Recipe>& recipes);

/// What the tasks of a record say of files in file-checksums ("path:True path:False"), each text
/// once.
std::vector<std::string> file_checksums(std::string_view record);

/// The recipes of a file from its record; nullopt when the record is damaged or of another version.
std::optional<std::vector<Recipe>> decode(std::string_view record, const RecipeFile& file);

}  // namespace hitz::recipe
