// SPDX-License-Identifier: Apache-2.0
#include "python/paths.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "python/fence.h"
#include "python/witness.h"

namespace hitz::python {

namespace {

// The bytes of a path that is a str; nullopt for anything else and for what no path can hold.
std::optional<std::string> path_of(PyObject* object) {
  if (!PyUnicode_CheckExact(object)) return std::nullopt;
  std::string out = utf8_of(object);
  if (PyErr_Occurred() != nullptr || out.find('\0') != std::string::npos) {
    PyErr_Clear();
    return std::nullopt;
  }
  return out;
}

PyObject* left_to_python() {
  Py_RETURN_NOTIMPLEMENTED;
}

void note(char letter, const std::string& path, const std::string& answer) {
  if (path.empty() || !is_noting()) return;
  std::string question(1, letter);
  if (path[0] != '/') question += current_folder() + "/";
  note_answer(question + path, answer);
}

std::optional<mode_t> mode_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_mode;
}

template <class Test>
PyObject* look(char letter, PyObject* object, Test test) {
  auto path = path_of(object);
  if (!path) return left_to_python();
  auto mode = mode_of(*path);
  const bool yes = mode && test(*mode);
  note(letter, *path, yes ? "1" : "");
  return PyBool_FromLong(yes ? 1 : 0);
}

enum class There { Nothing, Link, Other };

There what_is_at(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return There::Nothing;
  return S_ISLNK(info.st_mode) ? There::Link : There::Other;
}

// As os.path.realpath of a path whose parts are no links, whether they are there or not.
std::optional<std::string> without_links(const std::string& path) {
  const std::string whole = path.starts_with('/') ? path : current_folder() + "/" + path;
  std::string out;
  std::string missing;  // the first folder that is not there: nothing is below it
  for (const auto& part : split(whole, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
      continue;
    }
    out.append("/").append(part);
    if (!missing.empty() && out.starts_with(missing)) continue;
    const There there = what_is_at(out);
    if (there == There::Link) return std::nullopt;
    missing = there == There::Nothing ? out + "/" : "";
  }
  return out.empty() ? "/" : out;
}

}  // namespace

PyObject* path_exists(PyObject*, PyObject* path) {
  return look('e', path, [](mode_t) { return true; });
}

PyObject* path_isfile(PyObject*, PyObject* path) {
  return look('f', path, [](mode_t mode) { return S_ISREG(mode); });
}

PyObject* path_isdir(PyObject*, PyObject* path) {
  return look('d', path, [](mode_t mode) { return S_ISDIR(mode); });
}

PyObject* path_realpath(PyObject*, PyObject* object) {
  auto path = path_of(object);
  if (!path) return left_to_python();
  auto real = without_links(*path);
  if (!real) return left_to_python();
  note('r', *path, *real);
  return py_text(*real).release();
}

PyObject* path_search(PyObject*, PyObject* args) {
  PyObject *folders = nullptr, *name = nullptr;
  if (!PyArg_ParseTuple(args, "UU", &folders, &name)) return nullptr;
  auto all = path_of(folders), wanted = path_of(name);
  if (!all || !wanted) return left_to_python();
  std::string found;
  Object tried = Object::steal(PyList_New(0));
  for (const auto& folder : split(*all, ':')) {
    std::string candidate = join_path(folder, *wanted);
    PyList_Append(tried.get(), py_text(candidate).get());
    const bool there = mode_of(candidate).has_value();
    note('e', candidate, there ? "1" : "");
    if (!there) continue;
    found = std::move(candidate);
    break;
  }
  return PyTuple_Pack(2, py_text(found).get(), tried.get());
}

}  // namespace hitz::python
