// SPDX-License-Identifier: Apache-2.0
#pragma once
// _hitz: the built-in module through which hitz's Python package calls hitz.

#include <string>

#include "engine/data/store.h"
#include "python/hooks.h"
#include "python/object.h"

namespace hitz::python {

/// The type behind d; see store_type.cc.
Object make_store_type();
/// A value for the engine: lists that the engine itself reads become lists of texts, all else stays
/// what it is to Python.
data::Value engine_value(const std::string& name, PyObject* object);
/// What a store made by Python (bb.data.init()) belongs to.
const data::Family& process_family();

}  // namespace hitz::python
