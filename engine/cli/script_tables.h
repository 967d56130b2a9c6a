// SPDX-License-Identifier: Apache-2.0
#pragma once
// What scripts are told of recipes and graphs, as JSON.

#include <string>

#include "engine/base/result.h"
#include "engine/cli/house.h"
#include "engine/graph/task_graph.h"
#include "engine/signature/task_hash.h"

namespace hitz::cli {

/// [{"name", "folder", "pattern", "priority"}…] in the order of BBFILE_COLLECTIONS.
std::string layers_as_json(const layer::Configuration& configuration);
/// A list of recipes with what providers and people want to know of them, the skipped ones too.
std::string recipes_as_json(const recipe::World& world);
/// {PN: [the latest file, the preferred one or null, whether REQUIRED_VERSION decides]}
Result<std::string> versions_as_json(const House::Realm& realm);
/// {"all": [files], "best": file or null}
Result<std::string> runtime_as_json(const House::Realm& realm, const std::string& name);
/// {"tasks": [[file, task, [places of those it needs]]…], "targets": [places], "provided": {name:
/// file}}
std::string graph_as_json(const recipe::World& world, const graph::TaskGraph& graph);
/// [[PN, task, unihash, whether it has no stamps, file]…] of every task of the graph.
std::string signatures_as_json(const recipe::World& world, const graph::TaskGraph& graph,
                               const signature::Signatures& signatures);

}  // namespace hitz::cli
