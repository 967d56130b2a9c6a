// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory in large pages: a fork copies an entry for every page that a process has, and its end
// gives each of them back. A process that forks often does both 512 times less where its pages are
// large; what the child writes to is split again, and copied in small pages.

#include <cstddef>

namespace hitz::cli {

/// The process's own memory is made of large pages wherever it is used well enough, which takes a
/// millisecond or two each. Where the system has no such thing, nothing happens.
void use_large_pages();
/// What is taken from here on is made of large pages as it is first written to: one fault for each.
void take_large_pages();

}  // namespace hitz::cli
