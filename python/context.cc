// SPDX-License-Identifier: Apache-2.0
#include "python/context.h"

#include <new>

#include "python/fence.h"
#include "python/store_type.h"

namespace hitz::python {

namespace {

struct ContextObject {
  PyObject_HEAD std::shared_ptr<data::Store> store;
  Object d;
  Object globals;
};

ContextObject& self_of(PyObject* object) {
  return *reinterpret_cast<ContextObject*>(object);
}

void free_context(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  self_of(object).store.~shared_ptr();
  self_of(object).d.~Object();
  self_of(object).globals.~Object();
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* missing(PyObject* name) {
  PyErr_SetObject(PyExc_KeyError, name);
  return nullptr;
}

// KeyError sends Python on to the globals and the builtins.
PyObject* look_up(PyObject* object, PyObject* name) {
  ContextObject& self = self_of(object);
  if (PyUnicode_CompareWithASCIIString(name, "d") == 0) return Object(self.d).release();
  if (PyObject* shared = PyDict_GetItem(self.globals.get(), name))
    return Object::borrow(shared).release();
  if (PyDict_Contains(PyEval_GetBuiltins(), name) == 1 ||
      PyUnicode_CompareWithASCIIString(name, "oe") == 0)
    return missing(name);
  auto value = self.store->get(utf8_of(name));
  if (!value) return raise(value.error());
  return data::is_set(*value) ? to_python(*value).release() : missing(name);
}

PyType_Slot kSlots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(free_context)},
                        {Py_mp_subscript, reinterpret_cast<void*>(look_up)},
                        {0, nullptr}};
PyType_Spec kSpec = {"_hitz.Context", sizeof(ContextObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, kSlots};

}  // namespace

Object make_context_type() {
  return Object::steal(PyType_FromSpec(&kSpec));
}

Object make_context(const Object& type, const Object& d, std::shared_ptr<data::Store> store,
                    const Object& globals) {
  auto* raw = reinterpret_cast<PyTypeObject*>(type.get());
  Object made = Object::steal(raw->tp_alloc(raw, 0));
  if (!made) return made;
  new (&self_of(made.get()).store) std::shared_ptr<data::Store>(std::move(store));
  new (&self_of(made.get()).d) Object(d);
  new (&self_of(made.get()).globals) Object(globals);
  return made;
}

}  // namespace hitz::python
