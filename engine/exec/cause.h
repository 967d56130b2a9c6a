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
/// "the disk is full", for a person; "" for Cause::Task.
std::string cause_text(Cause cause);

}  // namespace hitz::exec
