// SPDX-License-Identifier: Apache-2.0
#include "python/store_type.h"

#include <array>
#include <new>
#include <unordered_map>
#include <utility>

#include "python/fence.h"
#include "python/late_value.h"
#include "python/module.h"
#include "python/recall.h"

namespace hitz::python {

namespace {

struct StoreObject {
  PyObject_HEAD std::shared_ptr<data::Store>* store;
};

// The process's, as CPython itself is (see module.cc). Every store in use has one d, so that "is"
// and id() mean something; the objects are not owned here, each takes itself out when it goes.
PyTypeObject* store_type = nullptr;                         // NOLINT
PyTypeObject* datastore_class = nullptr;                    // NOLINT
std::unordered_map<const data::Store*, PyObject*> wrapped;  // NOLINT

class PythonValue final : public data::Opaque {
 public:
  explicit PythonValue(Object object) : object_(std::move(object)) {}
  PythonValue(const PythonValue&) = delete;
  PythonValue& operator=(const PythonValue&) = delete;
  // What outlives the interpreter is left to the process's end.
  ~PythonValue() override {
    if (!Py_IsInitialized()) object_.release();
  }
  const Object& object() const { return object_; }

 private:
  Object object_;
};

data::Store& store_of(PyObject* self) {
  return **reinterpret_cast<StoreObject*>(self)->store;
}

bool truth(PyObject* object, bool otherwise) {
  return object == nullptr ? otherwise : PyObject_IsTrue(object) == 1;
}

// Arguments: "self.method(name, …, keyword=…)"; loginfo keywords that only feed the history are
// accepted and passed over.
class Arguments {
 public:
  Arguments(PyObject* args, PyObject* keywords) : args_(args), keywords_(keywords) {}
  PyObject* at(Py_ssize_t index, const char* name) const {
    if (index < PyTuple_Size(args_)) return PyTuple_GetItem(args_, index);
    return keywords_ != nullptr ? PyDict_GetItemString(keywords_, name) : nullptr;
  }
  // A text that must be there.
  bool text(Py_ssize_t index, const char* name, std::string& into) const {
    PyObject* object = at(index, name);
    if (object == nullptr || !PyUnicode_Check(object)) {
      PyErr_Format(PyExc_TypeError, "argument '%s' must be a str", name);
      return false;
    }
    into = utf8_of(object);
    return true;
  }
  bool flag(Py_ssize_t index, const char* name, bool otherwise) const {
    return truth(at(index, name), otherwise);
  }

 private:
  PyObject* args_;
  PyObject* keywords_;
};

// Asked by a plain C function, so the process's.
std::vector<Reading>* process_readings = nullptr;  // NOLINT

PyObject* give(Result<data::Value> value) {
  if (!value) return raise(value.error());
  return to_python(*value).release();
}

PyObject* done(Result<void> result) {
  if (!result) return raise(result.error());
  Py_RETURN_NONE;
}

data::Expand expanding(bool yes) {
  return yes ? data::Expand::Yes : data::Expand::No;
}
data::Weak weakly(bool ignore) {
  return ignore ? data::Weak::Ignore : data::Weak::Include;
}

/// A variable's value; __exportlist, which is a list here, is the set that metadata knows.
PyObject* give_named(const std::string& name, Result<data::Value> value) {
  if (value && name == "__exportlist" && std::holds_alternative<std::vector<std::string>>(*value))
    return PySet_New(to_python(*value).get());
  return give(std::move(value));
}

// d.getVar(var, expand=True, noweakdefault=False, parsing=False): the call that metadata makes
// most, so its arguments are taken as they come, without a tuple.
PyObject* get_var(PyObject* self, PyObject* const* values, Py_ssize_t count, PyObject* names) {
  static constexpr std::array<const char*, 4> kNames = {"var", "expand", "noweakdefault",
                                                        "parsing"};
  std::array<PyObject*, 4> given = {};
  if (count > 4) return PyErr_Format(PyExc_TypeError, "getVar() takes at most 4 arguments");
  for (Py_ssize_t i = 0; i < count; ++i) given[static_cast<std::size_t>(i)] = values[i];
  for (Py_ssize_t i = 0; names != nullptr && i < PyTuple_GET_SIZE(names); ++i) {
    PyObject* name = PyTuple_GET_ITEM(names, i);
    std::size_t at = 0;
    while (at < 4 && PyUnicode_CompareWithASCIIString(name, kNames[at]) != 0) ++at;
    if (at == 4)
      return PyErr_Format(PyExc_TypeError, "getVar() got an unexpected keyword argument '%U'",
                          name);
    given[at] = values[count + i];
  }
  if (given[0] == nullptr || !PyUnicode_Check(given[0]))
    return PyErr_Format(PyExc_TypeError, "argument 'var' must be a str");
  std::string name = utf8_of(given[0]);
  data::Weak weak = weakly(truth(given[2], false));
  data::Store& d = store_of(self);
  if (truth(given[3], false)) return to_python(d.own_content(name, weak)).release();
  data::Expand expand = expanding(truth(given[1], true));
  if (process_readings == nullptr) return give_named(name, d.get(name, expand, weak));
  data::NameId id = d.family().names->id(name);
  auto value = d.get(id, expand, weak);
  if (value) process_readings->push_back({id, expand, *value});
  return give_named(name, std::move(value));
}

PyObject* set_var(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string name;
  if (!a.text(0, "var", name)) return nullptr;
  PyObject* value = a.at(1, "value");
  if (value == nullptr)
    return PyErr_Format(PyExc_TypeError, "setVar needs a value for '%s'", name.c_str());
  bool parsing = keywords != nullptr && PyDict_GetItemString(keywords, "parsing") != nullptr;
  return done(store_of(self).set(name, engine_value(name, value),
                                 parsing ? data::Writer::Parser : data::Writer::Code));
}

PyObject* get_var_flag(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string name, flag;
  if (!a.text(0, "var", name)) return nullptr;
  PyObject* second = a.at(1, "flag");
  if (second == nullptr || second == Py_None) Py_RETURN_NONE;
  flag = utf8_of(second);
  return give(store_of(self).get_flag(name, flag, expanding(a.flag(2, "expand", true)),
                                      weakly(a.flag(3, "noweakdefault", false))));
}

PyObject* set_var_flag(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string name, flag;
  if (!a.text(0, "var", name) || !a.text(1, "flag", flag)) return nullptr;
  PyObject* value = a.at(2, "value");
  if (value == nullptr) return PyErr_Format(PyExc_TypeError, "setVarFlag needs a value");
  return done(store_of(self).set_flag(name, flag, engine_value("[" + flag + "]", value)));
}

enum class Place { Before, After };

template <Place At>
PyObject* add_to_var(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string name, value;
  if (!a.text(0, "var", name) || !a.text(1, "value", value)) return nullptr;
  return done(At == Place::After ? store_of(self).append(name, value)
                                 : store_of(self).prepend(name, value));
}

template <Place At>
PyObject* add_to_flag(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string name, flag, value;
  if (!a.text(0, "var", name) || !a.text(1, "flag", flag) || !a.text(2, "value", value))
    return nullptr;
  return done(At == Place::After ? store_of(self).append_flag(name, flag, value)
                                 : store_of(self).prepend_flag(name, flag, value));
}

PyObject* del_var(PyObject* self, PyObject* args, PyObject* keywords) {
  std::string name;
  if (!Arguments(args, keywords).text(0, "var", name)) return nullptr;
  store_of(self).erase(name);
  Py_RETURN_NONE;
}

PyObject* del_var_flag(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string name, flag;
  if (!a.text(0, "var", name) || !a.text(1, "flag", flag)) return nullptr;
  store_of(self).erase_flag(name, flag);
  Py_RETURN_NONE;
}

PyObject* rename_var(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string from, to;
  if (!a.text(0, "key", from) || !a.text(1, "newkey", to)) return nullptr;
  return done(store_of(self).rename(from, to));
}

PyObject* get_var_flags(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string name;
  if (!a.text(0, "var", name)) return nullptr;
  std::set<std::string> expanded;
  PyObject* expand = a.at(1, "expand");
  if (expand != nullptr && truth(expand, false) && PySequence_Check(expand)) {
    Object list = Object::steal(PySequence_Fast(expand, "expand must be a list of flags"));
    for (Py_ssize_t i = 0; list && i < PySequence_Fast_GET_SIZE(list.get()); ++i)
      expanded.insert(utf8_of(PySequence_Fast_GET_ITEM(list.get(), i)));
  }
  auto internal =
      a.flag(2, "internalflags", false) ? data::Store::Internal::Show : data::Store::Internal::Hide;
  auto flags = store_of(self).flags(name, expanded, internal);
  if (!flags) return raise(flags.error());
  if (!*flags) Py_RETURN_NONE;
  Object out = Object::steal(PyDict_New());
  for (const auto& [flag, value] : **flags)
    PyDict_SetItem(out.get(), py_text(flag).get(), to_python(value).get());
  return out.release();
}

PyObject* create_copy(PyObject* self, PyObject*) {
  return wrap(store_of(self).copy()).release();
}

PyObject* expand_text(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  PyObject* text = a.at(0, "s");
  if (text == nullptr || !PyUnicode_Check(text))
    return Object::borrow(text == nullptr ? Py_None : text).release();
  PyObject* name = a.at(1, "varname");
  auto out = store_of(self).expand(utf8_of(text),
                                   name != nullptr && PyUnicode_Check(name) ? utf8_of(name) : "");
  if (!out) return raise(out.error());
  return py_text(*out).release();
}

PyObject* set_of(const std::set<std::string>& items) {
  Object out = Object::steal(PySet_New(nullptr));
  for (const auto& item : items) PySet_Add(out.get(), py_text(item).get());
  return out.release();
}

// (value, references, execs, contains)
PyObject* traced(const Result<data::Parsed>& parsed, const data::Names& names) {
  if (!parsed) return raise(parsed.error());
  const data::Parse* result = parsed->get();
  data::CodeRefs refs;
  for (data::NameId name : result->references) refs.references.insert(names.text(name));
  for (const data::CodeRefs* code : result->code) {
    refs.references.insert(code->references.begin(), code->references.end());
    refs.execs.insert(code->execs.begin(), code->execs.end());
    for (const auto& [name, items] : code->contains)
      refs.contains[name].insert(items.begin(), items.end());
  }
  Object contains = Object::steal(PyDict_New());
  for (const auto& [name, items] : refs.contains) {
    Object set = Object::steal(set_of(items));
    PyDict_SetItem(contains.get(), py_text(name).get(), set.get());
  }
  return Py_BuildValue("(NNNN)", to_python(result->value).release(), set_of(refs.references),
                       set_of(refs.execs), contains.release());
}

PyObject* trace_text(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string text;
  if (!a.text(0, "s", text)) return nullptr;
  PyObject* name = a.at(1, "varname");
  data::Store& d = store_of(self);
  return traced(d.trace_text(text, name != nullptr && PyUnicode_Check(name) ? utf8_of(name) : ""),
                *d.family().names);
}

PyObject* names(PyObject* self, PyObject*) {
  return to_python(store_of(self).names()).release();
}

PyObject* has_overrides(PyObject* self, PyObject* args, PyObject* keywords) {
  std::string name;
  if (!Arguments(args, keywords).text(0, "var", name)) return nullptr;
  return PyBool_FromLong(store_of(self).has_overrides(name) ? 1 : 0);
}

PyObject* overrides(PyObject* self, PyObject*) {
  auto list = store_of(self).overrides();
  if (!list) return raise(list.error());
  return to_python(*list).release();
}

PyObject* set_var_filter(PyObject* self, PyObject* args, PyObject* keywords) {
  Arguments a(args, keywords);
  std::string name;
  if (!a.text(0, "var", name)) return nullptr;
  PyObject* filter = a.at(1, "filter");
  return done(store_of(self).set_filter(
      name, filter != nullptr && PyUnicode_Check(filter) ? utf8_of(filter) : ""));
}

PyObject* expand_keys(PyObject* self, PyObject*) {
  return done(store_of(self).expand_keys());
}

PyObject* track(PyObject* self, PyObject* args, PyObject* keywords) {
  bool on = Arguments(args, keywords).flag(0, "on", true);
  store_of(self).track(on ? data::Store::Tracking::On : data::Store::Tracking::Off);
  Py_RETURN_NONE;
}

PyObject* history(PyObject* self, PyObject* args, PyObject* keywords) {
  std::string name;
  if (!Arguments(args, keywords).text(0, "var", name)) return nullptr;
  const Sources* sources = store_of(self).family().sources;
  Object out = Object::steal(PyList_New(0));
  for (const auto& entry : store_of(self).history(name)) {
    std::string path =
        entry.span.file.valid() && sources != nullptr ? sources->path(entry.span.file) : entry.path;
    std::uint32_t line = entry.span.file.valid() ? entry.span.line : entry.line;
    Object one = Object::steal(
        Py_BuildValue("{s:N,s:N,s:I,s:N,s:N}", "variable", py_text(name).release(), "file",
                      py_text(path).release(), "line", line, "op", py_text(entry.op).release(),
                      "detail", py_text(entry.detail).release()));
    if (!entry.function.empty())
      PyDict_SetItemString(one.get(), "func", py_text(entry.function).get());
    if (!entry.flag.empty()) PyDict_SetItemString(one.get(), "flag", py_text(entry.flag).get());
    PyList_Append(out.get(), one.get());
  }
  return out.release();
}

// [[full name, override], …] as BitBake's overridedata[var].
PyObject* variants(PyObject* self, PyObject* args, PyObject* keywords) {
  std::string name;
  if (!Arguments(args, keywords).text(0, "var", name)) return nullptr;
  Object out = Object::steal(PyList_New(0));
  for (const auto& [full, part] : store_of(self).variants(name)) {
    Object pair =
        Object::steal(Py_BuildValue("[NN]", py_text(full).release(), py_text(part).release()));
    PyList_Append(out.get(), pair.get());
  }
  return out.release();
}

PyObject* view_of(PyTypeObject* type, std::shared_ptr<data::Store> store) {
  PyObject* self = type->tp_alloc(type, 0);
  if (self == nullptr) return nullptr;
  wrapped[store.get()] = self;
  reinterpret_cast<StoreObject*>(self)->store = new std::shared_ptr<data::Store>(std::move(store));
  return self;
}

PyObject* new_store(PyTypeObject* type, PyObject*, PyObject*) {
  return view_of(type, data::Store::create(process_family()));
}

void free_store(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  auto* store = reinterpret_cast<StoreObject*>(self)->store;
  if (store != nullptr) wrapped.erase(store->get());
  delete store;
  type->tp_free(self);
  Py_DECREF(type);
}

#define METHOD(name, function)                                                  \
  {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)), \
   METH_VARARGS | METH_KEYWORDS, nullptr}
PyMethodDef kMethods[] = {
    {"getVar", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(get_var)),
     METH_FASTCALL | METH_KEYWORDS, nullptr},
    METHOD("setVar", set_var),
    METHOD("getVarFlag", get_var_flag),
    METHOD("setVarFlag", set_var_flag),
    METHOD("appendVar", add_to_var<Place::After>),
    METHOD("prependVar", add_to_var<Place::Before>),
    METHOD("appendVarFlag", add_to_flag<Place::After>),
    METHOD("prependVarFlag", add_to_flag<Place::Before>),
    METHOD("delVar", del_var),
    METHOD("delVarFlag", del_var_flag),
    METHOD("renameVar", rename_var),
    METHOD("getVarFlags", get_var_flags),
    METHOD("expand", expand_text),
    METHOD("_trace_text", trace_text),
    METHOD("hasOverrides", has_overrides),
    METHOD("setVarFilter", set_var_filter),
    METHOD("_track", track),
    METHOD("_history", history),
    METHOD("_variants", variants),
    {"createCopy", create_copy, METH_NOARGS, nullptr},
    {"_names", names, METH_NOARGS, nullptr},
    {"_overrides", overrides, METH_NOARGS, nullptr},
    {"_expand_keys", expand_keys, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
#undef METHOD

PyType_Slot kSlots[] = {{Py_tp_new, reinterpret_cast<void*>(new_store)},
                        {Py_tp_dealloc, reinterpret_cast<void*>(free_store)},
                        {Py_tp_methods, kMethods},
                        {0, nullptr}};
PyType_Spec kSpec = {"_hitz.Store", sizeof(StoreObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, kSlots};

}  // namespace

Object make_store_type() {
  Object type = Object::steal(PyType_FromSpec(&kSpec));
  store_type = reinterpret_cast<PyTypeObject*>(type.get());
  return type;
}

Object wrap(const std::shared_ptr<data::Store>& store) {
  if (auto known = wrapped.find(store.get()); known != wrapped.end())
    return Object::borrow(known->second);
  if (datastore_class == nullptr)
    datastore_class =
        reinterpret_cast<PyTypeObject*>(attribute("bb.data_smart", "DataSmart").release());
  return datastore_class == nullptr ? Object() : Object::steal(view_of(datastore_class, store));
}

std::shared_ptr<data::Store> unwrap(PyObject* object) {
  if (store_type == nullptr || !PyObject_TypeCheck(object, store_type)) {
    PyErr_SetString(PyExc_TypeError, "a datastore is wanted");
    return nullptr;
  }
  return *reinterpret_cast<StoreObject*>(object)->store;
}

Object to_python(const data::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return py_text(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return Object::steal(PyLong_FromLongLong(*number));
  if (const auto* yes = std::get_if<bool>(&value))
    return Object::steal(PyBool_FromLong(*yes ? 1 : 0));
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
    Object out = Object::steal(PyList_New(0));
    for (const auto& item : *items) PyList_Append(out.get(), py_text(item).get());
    return out;
  }
  if (const auto* opaque = std::get_if<std::shared_ptr<const data::Opaque>>(&value)) {
    if (const auto* object = dynamic_cast<const PythonValue*>(opaque->get()))
      return object->object();
    if (const auto* kept = dynamic_cast<const data::StoreValue*>(opaque->get()))
      return wrap(kept->store());
    if (const auto* late = dynamic_cast<const LateValue*>(opaque->get())) return late->object();
  }
  return Object::borrow(Py_None);
}

data::Value from_python(PyObject* object) {
  if (object == Py_None) return {};
  if (PyUnicode_Check(object)) return utf8_of(object);
  if (PyBool_Check(object)) return object == Py_True;
  if (PyLong_CheckExact(object)) {
    int overflow = 0;
    long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) return std::int64_t{number};
  }
  if (store_type != nullptr && PyObject_TypeCheck(object, store_type))
    return std::shared_ptr<const data::Opaque>(std::make_shared<data::StoreValue>(unwrap(object)));
  return std::shared_ptr<const data::Opaque>(std::make_shared<PythonValue>(Object::borrow(object)));
}

data::Value engine_value(const std::string& name, PyObject* object) {
  bool engine_list = name.starts_with("__BB") || name == "[deps]" || name == "__inherit_cache" ||
                     name == "__exportlist" || name == "__depends" || name == "__base_depends";
  if (!engine_list || PyUnicode_Check(object) ||
      !(PyList_Check(object) || PyTuple_Check(object) || PyAnySet_Check(object)))
    return from_python(object);
  std::vector<std::string> out;
  Object list = Object::steal(PySequence_List(object));
  for (Py_ssize_t i = 0; i < PyList_Size(list.get()); ++i) {
    PyObject* item = PyList_GetItem(list.get(), i);
    if (!PyUnicode_Check(item)) return from_python(object);
    out.push_back(utf8_of(item));
  }
  return out;
}

Listening::Listening(std::vector<Reading>* readings)
    : before_(std::exchange(process_readings, readings)) {}

Listening::~Listening() {
  process_readings = before_;
}

}  // namespace hitz::python
