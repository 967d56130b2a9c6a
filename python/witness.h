// SPDX-License-Identifier: Apache-2.0
#pragma once
// Witness: what Python code learns from outside of the datastore. CPython tells of files, folders
// and programs by its audit events; of os.stat, os.environ and their kin it tells nothing, so
// python/hitz/witness.py asks in their place.

#include <string>
#include <utility>

#include "engine/base/result.h"
#include "engine/data/store.h"
#include "python/object.h"

namespace hitz::python {

/// To be called once, when CPython runs. Files below modules, hitz's own, are not noted.
Result<void> call_witness(const std::string& modules);
/// Where what is learnt is noted from now on; null for nowhere. Where it was noted before.
data::Reads* watch(data::Reads* reads);

/// What hitz's own Python code looks at while this lives is not metadata's.
class Unwatched {
 public:
  Unwatched() : before_(watch(nullptr)) {}
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;
  ~Unwatched() { watch(before_); }

 private:
  data::Reads* before_;
};

/// Whether anything is noted: somebody watches and nobody has asked for quiet.
bool is_noting();
/// The system was asked; see data::Reads.
void note_answer(const std::string& question, std::string answer);

// ---- of the module _hitz

/// set_quiet(yes): whether nothing is noted from now on; what it was before.
PyObject* set_quiet(PyObject*, PyObject* yes);

/// is_watched(): whether anything is noted.
PyObject* is_watched(PyObject*, PyObject*);
/// note_answer(question, answer): the system was asked; see data::Reads.
PyObject* note_told(PyObject*, PyObject* args);
/// note_program(question, None): the program of a question is about to be run;
/// note_program(question, answer): what it said. A question without an answer stays unanswered.
PyObject* note_program(PyObject*, PyObject* args);
/// note_unknown(): what was asked cannot be asked again.
PyObject* note_unknown(PyObject*, PyObject*);

}  // namespace hitz::python
