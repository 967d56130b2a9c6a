// SPDX-License-Identifier: Apache-2.0
#pragma once
// Functions of os.path that metadata asks most, in C: they answer as Python's own and note what
// they were asked (witness.h). Arguments that are no str, and what needs more than a look, are left
// to Python's own functions, which hitz/witness.py keeps.

#include "python/object.h"

namespace hitz::python {

// ---- of the module _hitz

/// exists(path), isfile(path), isdir(path): os.path's; NotImplemented for what is no str.
PyObject* path_exists(PyObject*, PyObject* path);
PyObject* path_isfile(PyObject*, PyObject* path);
PyObject* path_isdir(PyObject*, PyObject* path);
/// realpath(path): os.path's, where there is no link on the way; NotImplemented elsewhere.
PyObject* path_realpath(PyObject*, PyObject* path);
/// search(paths, name): the first of the folders in "a:b:c" that has the name, as (its path, or "",
/// all paths that were tried).
PyObject* path_search(PyObject*, PyObject* args);

}  // namespace hitz::python
