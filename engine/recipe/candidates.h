// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which recipe files may make the recipe of a name, found without evaluating them: who asks for one
// recipe need not wait for all.

#include <string>
#include <unordered_set>
#include <vector>

#include "engine/recipe/collect.h"
#include "engine/recipe/premises.h"

namespace hitz::recipe {

/// The paths of files that may give PN the value name: their own name says so, or they or what they
/// require by a path that can be told write a PN that may become it. Too many rather than too few;
/// classes are taken to add only what stands before or after a '-'. What has been looked at goes to
/// premises, unless they are null.
std::unordered_set<std::string> candidates(const std::vector<RecipeFile>& files,
                                           const std::string& name, const std::string& bbpath,
                                           Premises* premises = nullptr);

}  // namespace hitz::recipe
