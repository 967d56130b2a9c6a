// SPDX-License-Identifier: Apache-2.0
#include "python/kept_code.h"

#include <marshal.h>

#include <utility>

#include "engine/base/shared_text.h"
#include "python/fence.h"

namespace hitz::python {

namespace {

constexpr char kCode = 'k', kModule = 'm';  // Findings' letters
// A finding costs more to make than to save: it counts as a text that is surely saved.
constexpr std::size_t kOfAFinding = std::size_t{1} << 20;

// Which Python's code it is.
std::string subject_of(const std::string& key) {
  return std::string(Py_GetVersion()) + "\n" + std::to_string(PyImport_GetMagicNumber()) + "\n" +
         key;
}

}  // namespace

Object KeptCode::of(const std::string& text, std::string_view path, std::uint32_t line) {
  std::string key = std::string(path) + ":" + std::to_string(line) + "\n" + text;
  if (auto found = known_.find(key); found != known_.end()) return found->second;
  const bool keeps = findings_ != nullptr && is_shared_text(path);
  Object code = keeps ? kept(key) : Object();
  if (!code) {
    const std::string placed = std::string(line > 0 ? line - 1 : 0, '\n') + text;
    const std::string file(path);
    if (keeps) code = made(placed, file, key);
    if (!code) code = Object::steal(Py_CompileString(placed.c_str(), file.c_str(), Py_file_input));
  }
  if (code) known_.emplace(std::move(key), code);
  return code;
}

Object KeptCode::kept(const std::string& key) const {
  auto found = findings_->find(kCode, subject_of(key));
  if (!found) return {};
  Object code = Object::steal(
      PyMarshal_ReadObjectFromString(found->data(), static_cast<Py_ssize_t>(found->size())));
  if (code && PyCode_Check(code.get())) return code;
  PyErr_Clear();
  return {};
}

// What Python warns of is told each time, so such code is not kept; nor is what it cannot compile.
Object KeptCode::made(const std::string& text, const std::string& path, const std::string& key) {
  Object make = attribute("hitz.compiling", "compiled");
  Object bytes =
      Object::steal(PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
  Object pair = make && bytes ? Object::steal(PyObject_CallFunctionObjArgs(
                                    make.get(), bytes.get(), py_text(path).get(), nullptr))
                              : Object();
  if (!pair || !PyTuple_Check(pair.get()) || PyTuple_Size(pair.get()) != 2) {
    PyErr_Clear();
    return {};
  }
  PyObject* kept = PyTuple_GetItem(pair.get(), 1);
  if (PyBytes_Check(kept)) {
    findings_->add(
        kCode, subject_of(key),
        std::string(PyBytes_AsString(kept), static_cast<std::size_t>(PyBytes_Size(kept))));
    fresh_ += text.size();
  }
  return Object::borrow(PyTuple_GetItem(pair.get(), 0));
}

std::optional<std::string> KeptCode::finding(const std::string& subject) const {
  auto found = findings_ != nullptr ? findings_->find(kModule, subject_of(subject)) : std::nullopt;
  return found ? std::optional(std::string(*found)) : std::nullopt;
}

void KeptCode::add_finding(const std::string& subject, std::string finding) {
  if (findings_ == nullptr) return;
  findings_->add(kModule, subject_of(subject), std::move(finding));
  fresh_ += kOfAFinding;
}

}  // namespace hitz::python
