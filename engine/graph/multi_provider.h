// SPDX-License-Identifier: Apache-2.0
#pragma once
// That no two recipes of one build provide the same thing (facts T22).

#include "engine/base/result.h"
#include "engine/graph/providers.h"
#include "engine/graph/task_graph.h"

namespace hitz::graph {

/// Errors: two versions of one recipe; two recipes that provide one name which is not in
/// BB_MULTI_PROVIDER_ALLOWED. The trail tells which tasks need each.
Result<void> check_multi_provider(const Providers& providers, const TaskGraph& graph);

}  // namespace hitz::graph
