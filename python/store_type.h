// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Python type behind d: _hitz.Store, a view of a data::Store. bb.data_smart.DataSmart derives
// from it.

#include <memory>
#include <vector>

#include "engine/data/store.h"
#include "python/object.h"

namespace hitz::python {

struct Hooks;
struct Reading;

/// Makes the module _hitz importable; to be called before the interpreter starts.
void register_module(Hooks& hooks, const data::Family& of);
/// A d for a store.
Object wrap(const std::shared_ptr<data::Store>& store);
/// The store of a d; null and an exception set when the object is none.
std::shared_ptr<data::Store> unwrap(PyObject* object);

/// Where d.getVar() notes what it reads while this lives; null for nowhere. The one before is back
/// afterwards.
class Listening {
 public:
  explicit Listening(std::vector<Reading>* readings);
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening();

 private:
  std::vector<Reading>* before_;
};

Object to_python(const data::Value& value);
data::Value from_python(PyObject* object);

}  // namespace hitz::python
