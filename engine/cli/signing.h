// SPDX-License-Identifier: Apache-2.0
#pragma once
// Signing: the hashes of a graph of tasks, with the configuration's own signature generator
// (BB_SIGNATURE_HANDLER), which metadata may have written in Python.

#include <map>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/house.h"
#include "engine/graph/task_graph.h"
#include "engine/signature/task_hash.h"

namespace hitz::cli {

/// What a graph that is signed a second time keeps and takes from the first.
struct SignedBefore {
  const signature::Signatures& signatures;        // the taints of tasks without stamps
  std::map<std::string, std::string> equivalent;  // hashes that stand for results, by task's name
};

/// Signs every task of a graph of the main configuration. The generator is kept as bb.parse.siggen
/// and knows the hashes from then on.
Result<signature::Signatures> sign_tasks(House& house, const graph::TaskGraph& graph,
                                         const SignedBefore* before = nullptr);

/// Tells the generator every task's hash and what counts in it, for those who ask bb.parse.siggen;
/// answers what write_signature_files() is told.
Result<std::string> tell_signatures(House& house, const graph::TaskGraph& graph,
                                    const signature::Signatures& signatures);

/// What bitbake -S does with signed tasks: the signature file of each beside its stamps, and what
/// the generator makes of the options (lockedsigs: ./locked-sigs.inc).
Result<void> dump_signatures(House& house, const graph::TaskGraph& graph,
                             const signature::Signatures& signatures,
                             const std::vector<std::string>& options);

/// The signature files alone; told is what the generator says of them.
Result<void> write_signature_files(House& house, const graph::TaskGraph& graph,
                                   const signature::Signatures& signatures,
                                   const std::string& told);

}  // namespace hitz::cli
