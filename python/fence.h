// SPDX-License-Identifier: Apache-2.0
#pragma once
// The fence between Python's exceptions and Result: nothing crosses it but values.

#include "engine/base/result.h"
#include "python/object.h"

namespace hitz::python {

/// Takes the exception that is set and tells it as an Error; its Kind is that of its class.
Error take_exception();
/// What an exception that says nothing has to tell a person; "" when it says all itself.
std::string untold_of(PyObject* exception);
/// Sets the Python exception that an Error is to Python code; always returns null, for "return
/// raise(error)".
PyObject* raise(const Error& error);
/// An attribute of a module, imported when needed.
Object attribute(const char* module, const char* name);

}  // namespace hitz::python
