// SPDX-License-Identifier: Apache-2.0
#include "python/fence.h"

#include <array>

namespace hitz::python {

namespace {

struct Class {
  Kind kind;
  const char* module;
  const char* name;
};
constexpr std::array<Class, 5> kClasses = {{{Kind::SkipRecipe, "bb.parse", "SkipRecipe"},
                                            {Kind::Handled, "bb", "BBHandledException"},
                                            {Kind::Expansion, "bb.data_smart", "ExpansionError"},
                                            {Kind::Parse, "bb.parse", "ParseError"},
                                            {Kind::Function, "bb.process", "ExecutionError"}}};

std::string text_of(PyObject* object) {
  Object text = Object::steal(PyObject_Str(object));
  if (!text) {
    PyErr_Clear();
    return "";
  }
  return utf8_of(text.get());
}

Kind kind_of(PyObject* exception) {
  for (const auto& one : kClasses) {
    Object type = attribute(one.module, one.name);
    if (!type) {
      PyErr_Clear();
    } else if (PyObject_IsInstance(exception, type.get()) == 1) {
      return one.kind;
    }
  }
  return Kind::Plain;
}

// The folder of the bb package: what is called there is hitz's own.
std::string own_folder() {
  Object file = attribute("bb", "__file__");
  std::string path = file ? utf8_of(file.get()) : "";
  return path.substr(0, path.rfind("/bb/") + 1);
}

bool is_own(const std::string& file, const std::string& own) {
  return (!own.empty() && file.starts_with(own)) || file.starts_with("<frozen importlib") ||
         file.starts_with("/usr/lib/python3") || file == "<expansion>";
}

// Where it happened in metadata, innermost first; in hitz's own Python where it was not there at
// all.
std::vector<std::string> places(PyObject* traceback) {
  std::vector<std::string> out;
  std::string within;  // hitz's own, the innermost
  const std::string own = own_folder();
  for (auto* at = reinterpret_cast<PyTracebackObject*>(traceback); at != nullptr;
       at = at->tb_next) {
    Object code = Object::steal(reinterpret_cast<PyObject*>(PyFrame_GetCode(at->tb_frame)));
    auto* raw = reinterpret_cast<PyCodeObject*>(code.get());
    int line = at->tb_lineno > 0 ? at->tb_lineno : PyFrame_GetLineNumber(at->tb_frame);
    const std::string file = utf8_of(raw->co_filename);
    std::string place = "in " + utf8_of(raw->co_name) + " at " + file + ":" + std::to_string(line);
    if (!is_own(file, own)) out.insert(out.begin(), place);
    if (!own.empty() && file.starts_with(own)) within = std::move(place);
  }
  if (out.empty() && !within.empty()) out.push_back(std::move(within));
  return out;
}

std::vector<std::string> chain_of(PyObject* exception) {
  std::vector<std::string> out;
  Object list = Object::steal(PyObject_GetAttrString(exception, "varlist"));
  if (!list || !PyList_Check(list.get())) {
    PyErr_Clear();
    return out;
  }
  for (Py_ssize_t i = 0; i < PyList_Size(list.get()); ++i)
    out.push_back(text_of(PyList_GetItem(list.get(), i)));
  return out;
}

// A BBHandledException says nothing to Python code; what hitz has to tell travels along with it.
constexpr const char* kUntold = "_untold";

PyObject* raise_handled(const Error& error) {
  Object type = attribute("bb", "BBHandledException");
  Object made = type ? Object::steal(PyObject_CallNoArgs(type.get())) : Object();
  if (!made) return nullptr;
  PyObject_SetAttrString(made.get(), kUntold, py_text(error.text()).get());
  PyErr_SetObject(type.get(), made.get());
  return nullptr;
}

}  // namespace

std::string untold_of(PyObject* exception) {
  Object text = Object::steal(PyObject_GetAttrString(exception, kUntold));
  PyErr_Clear();
  return text ? text_of(text.get()) : "";
}

std::string utf8_of(PyObject* object) {
  Py_ssize_t size = 0;
  if (const char* text = PyUnicode_Check(object) ? PyUnicode_AsUTF8AndSize(object, &size) : nullptr)
    return std::string(text, static_cast<std::size_t>(size));
  PyErr_Clear();
  Object bytes = Object::steal(PyUnicode_AsEncodedString(object, "utf-8", "surrogateescape"));
  if (!bytes) return "";
  return std::string(PyBytes_AsString(bytes.get()),
                     static_cast<std::size_t>(PyBytes_Size(bytes.get())));
}

Object attribute(const char* module, const char* name) {
  Object imported = Object::steal(PyImport_ImportModule(module));
  if (!imported) return {};
  return Object::steal(PyObject_GetAttrString(imported.get(), name));
}

Error take_exception() {
  PyObject *raw_type = nullptr, *raw_value = nullptr, *raw_trace = nullptr;
  PyErr_Fetch(&raw_type, &raw_value, &raw_trace);
  PyErr_NormalizeException(&raw_type, &raw_value, &raw_trace);
  Object type = Object::steal(raw_type), value = Object::steal(raw_value),
         trace = Object::steal(raw_trace);
  Error error{Blame::Input, "", {}, Kind::Plain, {}};
  if (!value) return error;
  error.kind = kind_of(value.get());
  error.message = text_of(value.get());
  if (error.kind == Kind::Handled && error.message.empty()) error.message = untold_of(value.get());
  if (error.kind == Kind::Expansion) {
    Object message = Object::steal(PyObject_GetAttrString(value.get(), "msg"));
    if (message) error.message = text_of(message.get());
    PyErr_Clear();
    error.chain = chain_of(value.get());
  }
  if (error.kind == Kind::Handled && error.message.empty()) {
    error.trail = places(trace.get());
    std::erase_if(error.trail, [own = own_folder()](const std::string& place) {
      return place.find(" at " + own) != std::string::npos;
    });
  }
  if (error.kind == Kind::Plain) {
    error.message =
        std::string(reinterpret_cast<PyTypeObject*>(type.get())->tp_name) + ": " + error.message;
    error.trail = places(trace.get());
  }
  return error;
}

PyObject* raise(const Error& error) {
  if (error.kind == Kind::Expansion) {
    Object make = attribute("bb.data_smart", "expansion_error");
    Object chain = Object::steal(PyList_New(0));
    for (const auto& name : error.chain) PyList_Append(chain.get(), py_text(name).get());
    if (make) {
      Object made = Object::steal(PyObject_CallFunctionObjArgs(
          make.get(), py_text(error.message).get(), chain.get(), nullptr));
      if (made) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.get())), made.get());
    }
    return nullptr;
  }
  if (error.kind == Kind::Handled) return raise_handled(error);
  for (const auto& one : kClasses) {
    if (one.kind != error.kind || error.kind == Kind::Function) continue;
    Object type = attribute(one.module, one.name);
    if (type) PyErr_SetObject(type.get(), py_text(Error(error).with_hint("").text()).get());
    return nullptr;
  }
  if (error.kind == Kind::Function) {
    Object make = attribute("bb.build", "_failure");
    Object made = make ? Object::steal(PyObject_CallOneArg(make.get(), py_text(error.text()).get()))
                       : Object();
    if (made) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.get())), made.get());
    return nullptr;
  }
  PyErr_SetObject(PyExc_RuntimeError, py_text(error.text()).get());
  return nullptr;
}

}  // namespace hitz::python
