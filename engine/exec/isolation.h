// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a task's process is set apart from the rest of the system.

#include <string>

namespace hitz::exec {

/// Leads a session of its own, which ends as a whole when it is asked to or its parent dies.
void become_a_group(int parent);
/// Takes the network away, where the system allows that and the user is one of this machine's own.
void leave_network();
/// BB_TASK_NICE_LEVEL, absolute.
void set_niceness(int level);
/// BB_TASK_IONICE_LEVEL, "class.priority"; false for what is none.
bool set_io_priority(const std::string& level);
/// What ps shows of it, 15 bytes at most.
void set_process_name(const std::string& name);

}  // namespace hitz::exec
