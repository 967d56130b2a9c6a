// SPDX-License-Identifier: Apache-2.0
#pragma once
// Edges between tasks: those that a task's flags name, and those that recrdeptask adds to them.

#include <vector>

#include "engine/base/result.h"
#include "engine/graph/resolution.h"
#include "engine/graph/task_table.h"

namespace hitz::graph {

/// What each task needs; sorted, no duplicates, never itself.
using TaskEdges = std::vector<TaskNumbers>;

/// A task with recrdeptask.
struct Recursive {
  TaskNumber task = 0;
  enum class NamesItself { No, Yes } names_itself = NamesItself::No;
};

struct DirectEdges {
  TaskEdges needs;
  std::vector<Recursive> recursive;
};

/// Predecessors, deptask, rdeptask, depends, rdepends, mcdepends and the direct part of
/// recrdeptask. Errors: depends or mcdepends on a task that is not there.
Result<DirectEdges> direct_edges(const recipe::World& world, const Resolution& resolution,
                                 const TaskTable& table);

/// The recursive part of recrdeptask: the named tasks of every recipe that lies anywhere below a
/// task. A task that names itself does not wait for others that do.
void add_recursive_edges(DirectEdges& edges, const recipe::World& world, const TaskTable& table);

}  // namespace hitz::graph
