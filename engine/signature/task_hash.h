// SPDX-License-Identifier: Apache-2.0
#pragma once
// Task hashes: base hash, the hashes of what the task waits for, the files it names, and its taint.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/signature/base_hash.h"
#include "engine/signature/dependency_rule.h"
#include "engine/signature/file_checksums.h"
#include "engine/signature/signature.h"

namespace hitz::signature {

/// Signatures of a whole graph; tasks in the graph's order.
struct Signatures {
  IdVector<graph::TaskId, TaskSignature> tasks;
  IdVector<graph::TaskId, Manifest> manifests;
};

struct SignOptions {
  FileChecksums* checksums = nullptr;  // sums kept between calls; null for none
  /// Makes the taint of a task without stamps; by default a random UUID.
  std::function<std::string(graph::TaskId)> new_taint;
  std::function<void(const std::string&)> warn;
  const DependencyRule* rule = nullptr;  // null: the one that the configuration speaks of
  /// The hashes that stand for the results of some tasks whose own hashes are known, as many as
  /// there are tasks; asked once for all tasks that wait for the same number of others in a row.
  /// Null: a task's own hash stands for its result.
  std::function<Result<std::vector<std::string>>(const std::vector<graph::TaskId>& tasks,
                                                 const Signatures& known)>
      unihashes;
};

/// The tasks of a graph by the length of the longest chain below them.
std::vector<std::vector<graph::TaskId>> waves(const graph::TaskGraph& graph);

/// What a file is called in signatures: "./part" within a folder that was named, else its name.
std::string shown_name(const std::string& path);

/// Errors: Input, with the task and the file.
Result<Signatures> sign(const recipe::World& world, const graph::TaskGraph& graph,
                        ShellScanner& scanner, const SignOptions& options = {});

/// The hash of a signature's parts, for a base hash.
TaskHash task_hash(const BaseHash& base, const TaskSignature& signature);

/// ${STAMP}.do_x.HASH[.extra]; without a hash (handlers noop and basic) ${STAMP}.do_x[.extra].
std::string stamp_path(std::string_view stamp, std::string_view task, std::string_view hash,
                       std::string_view extra);
/// The same for a task of a recipe, or for its _setscene variant, with its stamp-extra-info.
std::string stamp_path(const recipe::Recipe& recipe, const std::string& task,
                       const std::string& hash);
/// ${STAMP}.do_x.taint
std::string taint_path(const recipe::Recipe& recipe, const std::string& task);
/// A random UUID of version 4.
std::string random_uuid();

}  // namespace hitz::signature
