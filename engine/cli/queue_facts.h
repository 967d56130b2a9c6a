// SPDX-License-Identifier: Apache-2.0
#pragma once
// What has to be known of a graph before it is run by BitBake's rules, or told by bitbake -n.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/build.h"
#include "engine/cli/house.h"
#include "engine/schedule/setscene.h"
#include "engine/schedule/stamps.h"
#include "engine/signature/task_hash.h"

namespace hitz::cli {

using graph::TaskId;

class QueueFacts {
 public:
  /// Whether -f and -C change the hashes, or the tasks are only remembered as forced.
  enum class Taints { Write, Imagine };
  /// Signs the graph. The house and the options must outlive it.
  static Result<std::unique_ptr<QueueFacts>> of(House& house, const BuildOptions& options,
                                                graph::TaskGraph graph, Taints taints);

  const graph::TaskGraph& graph() const { return graph_; }
  const recipe::Recipe& recipe(TaskId id) const;
  const recipe::Task& task(TaskId id) const { return *graph_.tasks[id].task; }
  const signature::TaskSignature& signature(TaskId id) const { return signatures_.tasks[id]; }
  const signature::Signatures& signatures() const { return signatures_; }
  /// "virtual:native:/path.bb:do_compile"
  std::string name(TaskId id) const;
  enum class Variant { Task, Setscene };
  std::string stamp(TaskId id, Variant variant = Variant::Task) const;
  bool forced(TaskId id) const { return forced_[id]; }

  /// Tasks have found out which hashes stand for their results; what has run stays done.
  Result<void> sign_again(const std::map<TaskId, std::string>& equivalent,
                          const IdVector<TaskId, bool>& done);
  /// The same is kept for the next run.
  Result<void> keep(const std::map<TaskId, std::string>& equivalent) const;

  /// By the names of setscene tasks, stamps of theirs that are not those of their present hashes.
  std::map<std::string, std::vector<std::string>> stale_stamps() const;

  using Restore = std::function<Result<std::vector<TaskId>>(const std::vector<TaskId>&)>;
  /// What is restored, and what that covers; restore as in SceneWorld.
  Result<schedule::Scenes> decide(Restore restore);
  /// The task need not run: it is covered, or has run before.
  bool spared(TaskId id, const schedule::Scenes& scenes);
  /// Tasks that rest on a restored result below which tasks have yet to run: their hashes may still
  /// turn out to be others.
  IdVector<TaskId, bool> unsettled(const schedule::Scenes& scenes);
  /// With BB_SETSCENE_ENFORCE: an error where the task may not run. What runs is only imagined
  /// then.
  Result<void> check_allowed(TaskId id, const schedule::Scenes& scenes) const;
  bool enforcing() const { return allowed_.has_value(); }

 private:
  QueueFacts(House& house, const BuildOptions& options, graph::TaskGraph graph);
  void look_at_stamps();
  Result<std::vector<TaskId>> available(const std::vector<TaskId>& tasks, std::size_t stamped);
  Result<bool> not_needed(const std::string& function, TaskId id, const std::set<TaskId>& users,
                          const std::set<TaskId>& spared);
  Result<void> read_allowed();

  House& house_;
  const BuildOptions& options_;
  const recipe::World& world_;
  graph::TaskGraph graph_;
  signature::Signatures signatures_;
  IdVector<TaskId, bool> forced_, done_;
  bool summary_told_ = false;  // of what can be fetched, once per run
  std::optional<schedule::Stamps> stamps_;
  std::optional<std::vector<std::string>> allowed_;  // BB_SETSCENE_ENFORCE_IGNORE_TASKS
  std::shared_ptr<data::Store> config_;              // the metadata's functions keep things in it
};

}  // namespace hitz::cli
