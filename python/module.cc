// SPDX-License-Identifier: Apache-2.0
#include "python/module.h"

#include "python/fence.h"
#include "python/paths.h"
#include "python/store_type.h"
#include "python/witness.h"

namespace hitz::python {

namespace {

// CPython has one interpreter per process and asks for its built-in modules by a plain C function,
// so these two are the process's.
Hooks* process_hooks = nullptr;  // NOLINT
data::Family family;             // NOLINT

template <class Hook>
bool joined(const Hook& hook, const char* name) {
  if (hook) return true;
  PyErr_Format(PyExc_RuntimeError, "%s is not available here", name);
  return false;
}

std::vector<std::string> texts(PyObject* sequence) {
  std::vector<std::string> out;
  Object list = Object::steal(PySequence_List(sequence));
  if (!list) return out;
  for (Py_ssize_t i = 0; i < PyList_Size(list.get()); ++i)
    out.push_back(utf8_of(PyList_GetItem(list.get(), i)));
  return out;
}

PyObject* done(Result<void> result) {
  if (!result) return raise(result.error());
  Py_RETURN_NONE;
}

/// ask(command, arguments, d or None): (text, stores)
PyObject* ask(PyObject*, PyObject* args) {
  const char* command = nullptr;
  PyObject *arguments = nullptr, *d = nullptr;
  if (!PyArg_ParseTuple(args, "sOO", &command, &arguments, &d) ||
      !joined(process_hooks->ask, "the engine"))
    return nullptr;
  Asked asked{command, texts(arguments), d == Py_None ? nullptr : unwrap(d)};
  if (PyErr_Occurred() != nullptr) return nullptr;
  auto answer = process_hooks->ask(asked);
  if (!answer) return raise(answer.error());
  Object stores = Object::steal(PyList_New(0));
  for (const auto& store : answer->stores) PyList_Append(stores.get(), wrap(store).get());
  return PyTuple_Pack(2, py_text(answer->text).get(), stores.get());
}

PyObject* exec_func(PyObject*, PyObject* args) {
  const char* function = nullptr;
  PyObject *d = nullptr, *dirs = nullptr;
  if (!PyArg_ParseTuple(args, "sOO", &function, &d, &dirs) ||
      !joined(process_hooks->exec_func, "exec_func"))
    return nullptr;
  auto store = unwrap(d);
  if (!store) return nullptr;
  return done(process_hooks->exec_func(function, *store, texts(dirs)));
}

PyObject* add_task(PyObject*, PyObject* args) {
  const char* task = nullptr;
  PyObject *before = nullptr, *after = nullptr, *d = nullptr;
  if (!PyArg_ParseTuple(args, "sOOO", &task, &before, &after, &d) ||
      !joined(process_hooks->add_task, "addtask"))
    return nullptr;
  auto store = unwrap(d);
  if (!store) return nullptr;
  return done(process_hooks->add_task(task, texts(before), texts(after), *store));
}

PyObject* delete_task(PyObject*, PyObject* args) {
  const char* task = nullptr;
  PyObject* d = nullptr;
  if (!PyArg_ParseTuple(args, "sO", &task, &d) || !joined(process_hooks->delete_task, "deltask"))
    return nullptr;
  auto store = unwrap(d);
  if (!store) return nullptr;
  return done(process_hooks->delete_task(task, *store));
}

PyObject* handle(PyObject*, PyObject* args) {
  const char* path = nullptr;
  PyObject* d = nullptr;
  int include = 0;
  if (!PyArg_ParseTuple(args, "sOp", &path, &d, &include) ||
      !joined(process_hooks->handle, "parse"))
    return nullptr;
  auto store = unwrap(d);
  if (!store) return nullptr;
  auto variants = process_hooks->handle(path, *store, include != 0);
  if (!variants) return raise(variants.error());
  Object out = Object::steal(PyDict_New());
  for (const auto& [name, variant] : *variants)
    PyDict_SetItem(out.get(), py_text(name).get(), wrap(variant).get());
  return out.release();
}

PyObject* inherit(PyObject*, PyObject* args) {
  const char* classes = nullptr;
  PyObject* d = nullptr;
  if (!PyArg_ParseTuple(args, "sO", &classes, &d) || !joined(process_hooks->inherit, "inherit"))
    return nullptr;
  auto store = unwrap(d);
  if (!store) return nullptr;
  return done(process_hooks->inherit(classes, *store));
}

PyObject* scan_shell(PyObject*, PyObject* args) {
  const char* text = nullptr;
  if (!PyArg_ParseTuple(args, "s", &text) ||
      !joined(process_hooks->scan_shell, "the shell scanner"))
    return nullptr;
  auto found = process_hooks->scan_shell(text);
  if (!found) return raise(found.error());
  return to_python(*found).release();
}

/// ([(task, hash, variables)…], [(name, value or None, dependencies)…])
PyObject* base_hashes(PyObject*, PyObject* d) {
  if (!joined(process_hooks->base_hashes, "base hashes")) return nullptr;
  auto store = unwrap(d);
  if (!store) return nullptr;
  auto hashed = process_hooks->base_hashes(*store);
  if (!hashed) return raise(hashed.error());
  Object tasks = Object::steal(PyList_New(0)), names = Object::steal(PyList_New(0));
  for (const auto& task : hashed->tasks) {
    Object row = Object::steal(PyTuple_Pack(3, py_text(task.name).get(), py_text(task.hash).get(),
                                            to_python(task.variables).get()));
    PyList_Append(tasks.get(), row.get());
  }
  for (const auto& name : hashed->names) {
    Object value = name.value ? py_text(*name.value) : Object::borrow(Py_None);
    Object row = Object::steal(
        PyTuple_Pack(3, py_text(name.name).get(), value.get(), to_python(name.dependencies).get()));
    PyList_Append(names.get(), row.get());
  }
  return PyTuple_Pack(2, tasks.get(), names.get());
}

PyObject* emit_func(PyObject*, PyObject* args) {
  const char* function = nullptr;
  PyObject* d = nullptr;
  if (!PyArg_ParseTuple(args, "sO", &function, &d) ||
      !joined(process_hooks->emit_func, "emit_func"))
    return nullptr;
  auto store = unwrap(d);
  if (!store) return nullptr;
  auto text = process_hooks->emit_func(function, *store);
  if (!text) return raise(text.error());
  return py_text(*text).release();
}

PyObject* compose_sysroot(PyObject*, PyObject* args) {
  const char* destination = nullptr;
  PyObject* components = nullptr;
  if (!PyArg_ParseTuple(args, "sO", &destination, &components) ||
      !joined(process_hooks->compose_sysroot, "compose_sysroot"))
    return nullptr;
  return done(process_hooks->compose_sysroot(destination, texts(components)));
}

PyObject* forget_files(PyObject*, PyObject*) {
  if (process_hooks->forget_files) process_hooks->forget_files();
  Py_RETURN_NONE;
}

PyObject* log_line(PyObject*, PyObject* args) {
  int level = 0;
  PyObject* text = nullptr;
  if (!PyArg_ParseTuple(args, "iU", &level, &text)) return nullptr;
  if (process_hooks->log) process_hooks->log(level, utf8_of(text));
  Py_RETURN_NONE;
}

PyObject* hears(PyObject*, PyObject* level) {
  const long number = PyLong_AsLong(level);
  if (number == -1 && PyErr_Occurred() != nullptr) return nullptr;
  if (!process_hooks->log) Py_RETURN_FALSE;
  const bool yes = !process_hooks->hears || process_hooks->hears(static_cast<int>(number));
  return PyBool_FromLong(yes ? 1 : 0);
}

PyObject* write_signature(PyObject*, PyObject* args) {
  const char *task = nullptr, *unihash = nullptr, *path = nullptr;
  if (!PyArg_ParseTuple(args, "sss", &task, &unihash, &path)) return nullptr;
  if (!process_hooks->write_signature) Py_RETURN_FALSE;
  auto written = process_hooks->write_signature(task, unihash, path);
  if (!written) return raise(written.error());
  return PyBool_FromLong(*written ? 1 : 0);
}

PyObject* tell(PyObject*, PyObject* args) {
  const char *kind = nullptr, *text = nullptr;
  if (!PyArg_ParseTuple(args, "ss", &kind, &text)) return nullptr;
  if (process_hooks->tell) process_hooks->tell(kind, text);
  Py_RETURN_NONE;
}

/// kept(subject): what an earlier run has found out of it; None when nothing is known
PyObject* kept(PyObject*, PyObject* subject) {
  if (PyUnicode_Check(subject) == 0) return PyErr_Format(PyExc_TypeError, "a subject is a text");
  auto found = process_hooks->kept ? process_hooks->kept(utf8_of(subject)) : std::nullopt;
  if (!found) Py_RETURN_NONE;
  return py_text(*found).release();
}

PyObject* keep(PyObject*, PyObject* args) {
  PyObject *subject = nullptr, *finding = nullptr;
  if (!PyArg_ParseTuple(args, "UU", &subject, &finding)) return nullptr;
  if (process_hooks->keep) process_hooks->keep(utf8_of(subject), utf8_of(finding));
  Py_RETURN_NONE;
}

PyMethodDef kFunctions[] = {{"ask", ask, METH_VARARGS, nullptr},
                            {"exec_func", exec_func, METH_VARARGS, nullptr},
                            {"add_task", add_task, METH_VARARGS, nullptr},
                            {"delete_task", delete_task, METH_VARARGS, nullptr},
                            {"handle", handle, METH_VARARGS, nullptr},
                            {"inherit", inherit, METH_VARARGS, nullptr},
                            {"scan_shell", scan_shell, METH_VARARGS, nullptr},
                            {"emit_func", emit_func, METH_VARARGS, nullptr},
                            {"base_hashes", base_hashes, METH_O, nullptr},
                            {"compose_sysroot", compose_sysroot, METH_VARARGS, nullptr},
                            {"forget_files", forget_files, METH_NOARGS, nullptr},
                            {"write_signature", write_signature, METH_VARARGS, nullptr},
                            {"tell", tell, METH_VARARGS, nullptr},
                            {"log", log_line, METH_VARARGS, nullptr},
                            {"hears", hears, METH_O, nullptr},
                            {"kept", kept, METH_O, nullptr},
                            {"keep", keep, METH_VARARGS, nullptr},
                            {"is_watched", is_watched, METH_NOARGS, nullptr},
                            {"note_answer", note_told, METH_VARARGS, nullptr},
                            {"set_quiet", set_quiet, METH_O, nullptr},
                            {"exists", path_exists, METH_O, nullptr},
                            {"isfile", path_isfile, METH_O, nullptr},
                            {"isdir", path_isdir, METH_O, nullptr},
                            {"realpath", path_realpath, METH_O, nullptr},
                            {"search", path_search, METH_VARARGS, nullptr},
                            {"note_program", note_program, METH_VARARGS, nullptr},
                            {"note_unknown", note_unknown, METH_NOARGS, nullptr},
                            {nullptr, nullptr, 0, nullptr}};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_hitz", nullptr, -1, kFunctions, nullptr, nullptr, nullptr, nullptr};

PyObject* make_module() {
  PyObject* module = PyModule_Create(&definition);
  if (module != nullptr) PyModule_AddObject(module, "Store", make_store_type().release());
  return module;
}

}  // namespace

const data::Family& process_family() {
  return family;
}

void register_module(Hooks& hooks, const data::Family& of) {
  process_hooks = &hooks;
  family = of;
  if (!Py_IsInitialized()) PyImport_AppendInittab("_hitz", make_module);
}

}  // namespace hitz::python
