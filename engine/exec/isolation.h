// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a task's process is set apart from the rest of the system.

#include <sys/types.h>

#include <optional>
#include <string>

#include "engine/exec/empty_networks.h"

namespace hitz::exec {

/// Leads a session of its own, which ends as a whole when it is asked to or its parent dies.
void become_a_group(int parent);
/// Leaves the processors to other sessions as far as they want them, where the system shares them
/// out by sessions (autogroup). For the leader of a session, in the user's own namespace.
void give_way();
/// Whether the user is one of this machine's own: another would be nobody without the network.
bool may_leave_network();
/// Takes the network away, where the system allows that: for one that has been made before and is
/// as it was, or else for a new one.
void leave_network(const std::optional<EmptyNetwork>& ready);
/// In a new user namespace: user and group are called as they are outside, where the two must have
/// been asked for.
void be_oneself_in_namespace(uid_t user, gid_t group);
/// BB_TASK_NICE_LEVEL, absolute.
void set_niceness(int level);
/// BB_TASK_IONICE_LEVEL, "class.priority"; false for what is none.
bool set_io_priority(const std::string& level);
/// What ps shows of it, 15 bytes at most.
void set_process_name(const std::string& name);

}  // namespace hitz::exec
