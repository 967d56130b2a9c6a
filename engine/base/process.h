// SPDX-License-Identifier: Apache-2.0
#pragma once
// Processes: waiting for their end, and lists of texts as the system takes them.

#include <string>
#include <vector>

namespace hitz {

/// The status of a child, as waitpid() gives it, when it has ended; signals do not cut it short.
/// 0 for what is no child.
int wait_for(int pid);
/// How that process ended: its exit status, or the number of the signal, negative.
int ending_of(int status);
/// The same as a shell says it: 128 and the signal's number for one that a signal has ended.
int shell_status_of(int status);
/// As execve() and posix_spawn() want arguments and variables: ended by null. The texts stay where
/// they are.
std::vector<char*> as_array(std::vector<std::string>& texts);

}  // namespace hitz
