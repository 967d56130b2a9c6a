// SPDX-License-Identifier: Apache-2.0
#pragma once
// Context: the names that a ${@...} expression sees. Its own d, then what all metadata shares and
// Python's builtins, then metadata variables by their bare names (facts 1.6.5).

#include <memory>

#include "engine/data/store.h"
#include "python/object.h"

namespace hitz::python {

/// The type of contexts; made once per interpreter.
Object make_context_type();
/// The local names for one evaluation; globals and builtins are the dicts that win over variables.
Object make_context(const Object& type, const Object& d, std::shared_ptr<data::Store> store,
                    const Object& globals);

}  // namespace hitz::python
