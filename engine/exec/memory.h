// SPDX-License-Identifier: Apache-2.0
#pragma once
// The memory of a process that forks often.

namespace hitz::exec {

/// Gathers this process's own memory in large pages, which a fork copies the table of in a
/// twentieth of the time. Takes a millisecond for each megabyte, so it pays from some fifty forks
/// on; where the system cannot do it, nothing changes.
void gather_memory();

}  // namespace hitz::exec
