// SPDX-License-Identifier: Apache-2.0
#pragma once
// Object: one counted reference to a Python object. The only place that names Py_INCREF and
// Py_DECREF.

#include <string>
#include <string_view>
#include <utility>

#include <Python.h>

namespace hitz::python {

// Its assignment takes a value and so is both assignments.
class Object {  // NOLINT(cppcoreguidelines-special-member-functions)
 public:
  Object() = default;
  /// Takes over a new reference; null means that a Python exception is set.
  static Object steal(PyObject* object) { return Object(object); }
  /// Shares a borrowed reference.
  static Object borrow(PyObject* object) {
    Py_XINCREF(object);
    return Object(object);
  }
  Object(const Object& other) : object_(other.object_) { Py_XINCREF(object_); }
  Object(Object&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Object& operator=(Object other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Object() { Py_XDECREF(object_); }

  PyObject* get() const { return object_; }
  PyObject* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  explicit Object(PyObject* object) : object_(object) {}
  PyObject* object_ = nullptr;
};

inline Object py_text(std::string_view text) {
  return Object::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape"));
}

/// The UTF-8 of a str; "" (and a set exception) for anything else.
std::string utf8_of(PyObject* object);

}  // namespace hitz::python
