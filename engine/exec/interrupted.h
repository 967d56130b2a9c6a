// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tasks that were cut off: what a task that never came to its end may have left half-written.
//
// A compiler that is killed leaves object files that make takes for finished. So a task that works
// in folders which it does not clean first leaves a mark while it runs; a mark that is still there
// when the next build begins means that the recipe's work cannot be trusted: it is put aside, and
// the recipe begins with its first task again. What is in the cache stays. A task that fails of
// itself takes its mark away: as under BitBake its work is there to be looked at, and goes on.

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace hitz::exec {

struct Mark {
  std::string label;    // "busybox-1.35.0-r0 do_compile"
  std::string workdir;  // what the task works in
  std::string stamp;    // what the names of the recipe's stamps begin with
};

/// Where a mark is; nothing for one that is none.
struct LeftMark {
  std::string path;
  off_t at = 0;
};

/// Leaves a mark in a folder of marks.
Result<LeftMark> leave_mark(const std::string& folder, const Mark& mark);
void take_away(const LeftMark& mark);

/// The folder in a work folder for what was there when a task was cut off; the last time only.
inline constexpr const char* kAside = "interrupted";

/// Takes away the stamps and puts aside the work of every recipe with a mark, then takes away the
/// marks themselves; returns them. Logs stay. No task may run in these work folders meanwhile.
Result<std::vector<Mark>> recover(const std::string& folder);

}  // namespace hitz::exec
