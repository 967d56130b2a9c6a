// SPDX-License-Identifier: Apache-2.0
#pragma once
// Planning: targets to the graph of the tasks that they need (facts T18-T23).

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/providers.h"
#include "engine/graph/task_graph.h"
#include "engine/graph/weight.h"

namespace hitz::graph {

struct PlanOptions {
  std::string default_task = "do_build";  // BB_DEFAULT_TASK, or the task of -c
  std::vector<std::string> runall;        // --runall: of every recipe in the graph
  std::vector<std::string> runonly;       // --runonly: only these of the graph, and what they need
  /// Of a name that nobody provides. Continue: targets that need it are dropped. LeaveOut: recipes
  /// do without it in DEPENDS, as 'bitbake -g' has them; it is told in TaskGraph::missing.
  enum class OnMissing { Stop, Continue, LeaveOut } on_missing = OnMissing::Stop;
  /// Needed: the tasks that the targets lead to. All: every task of every recipe they lead to, as
  /// the query language wants it; without an order when there is a loop.
  enum class Scope { Needed, All } scope = Scope::Needed;
  std::vector<Providers*> multiconfigs;  // of the same world
};

/// "busybox" or "busybox:do_compile" ("compile" is completed); a task that ends in "-" stands for
/// what it needs. "mc:NAME:busybox:do_compile" is of one of BBMULTICONFIG, "mc:*:…" of all.
Target parse_target(std::string_view text);
/// "compile" and "do_compile" are both do_compile.
std::string task_name(std::string_view text);

/// The tasks that targets need and what each waits for; "world" and "universe" stand for many
/// recipes. The world must outlive the graph. Errors (Input): a target nobody provides or without
/// the task, a depends flag on a task that is not there, a loop, two recipes that provide the same
/// thing.
Result<TaskGraph> plan(const recipe::World& world, Providers& providers,
                       const std::vector<Target>& targets, const PlanOptions& options = {});

/// "busybox:do_compile".
std::string label(const recipe::World& world, const TaskGraph& graph, TaskId id);

}  // namespace hitz::graph
