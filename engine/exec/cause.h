// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a task failed: of itself, or because the machine or the network let it down.

#include <string>
#include <string_view>

namespace hitz::exec {

enum class Cause { Task, Disk, Memory, Network };

/// What the end of a task's log says. The network counts only for a task that may use it, so that
/// a program's own words are not taken for it.
enum class Network { Used, Cut };
Cause cause_of(std::string_view log, Network network);
/// Whether the end of a task's log says that one of its processes was killed, or the machine let it
/// down: then what it was writing may be half there, though the task came to an end.
bool may_leave_halves(std::string_view log);
/// "the disk is full", for a person; "" for Cause::Task.
std::string cause_text(Cause cause);

}  // namespace hitz::exec
