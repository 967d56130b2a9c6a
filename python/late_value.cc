// SPDX-License-Identifier: Apache-2.0
#include "python/late_value.h"

#include <utility>

#include "python/fence.h"

namespace hitz::python {

LateValue::LateValue(std::string module, std::string function, std::string text)
    : module_(std::move(module)), function_(std::move(function)), text_(std::move(text)) {}

// What outlives the interpreter is left to the process's end.
LateValue::~LateValue() {
  if (!Py_IsInitialized()) made_.release();
}

Object LateValue::object() const {
  if (made_) return made_;
  Object maker = attribute(module_.c_str(), function_.c_str());
  if (maker)
    made_ = Object::steal(PyObject_CallFunctionObjArgs(maker.get(), py_text(text_).get(), nullptr));
  return made_;
}

}  // namespace hitz::python
