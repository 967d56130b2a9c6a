// SPDX-License-Identifier: Apache-2.0
#pragma once
// Task hashes: base hash, the hashes of what the task waits for, the files it names, and its taint.

#include <map>
#include <memory>
#include <string>

#include "engine/signature/base_hash.h"
#include "engine/signature/signature.h"

namespace hitz::signature {

/// Signatures of a whole graph; tasks in the graph's order.
struct Signatures {
  IdVector<graph::TaskId, TaskSignature> tasks;
  IdVector<graph::TaskId, Manifest> manifests;
};

Result<Signatures> sign(const recipe::World& world, const graph::TaskGraph& graph,
                        ShellScanner& scanner);

/// ${STAMP}.do_x.HASH[.extra]
std::string stamp_path(const recipe::Recipe& recipe, const std::string& task,
                       const std::string& hash);
/// ${STAMP}.do_x.taint
std::string taint_path(const recipe::Recipe& recipe, const std::string& task);

/// The differences of two manifests of one task, a line each, for people.
std::vector<std::string> differences(const Manifest& before, const Manifest& after);

}  // namespace hitz::signature
