// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where Python's objects lie.

namespace hitz::python {

/// Python's memory is made of large pages where the system has them. To be called before Python is
/// started.
void use_large_arenas();

}  // namespace hitz::python
