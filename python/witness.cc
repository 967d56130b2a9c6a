// SPDX-License-Identifier: Apache-2.0
#include "python/witness.h"

#include <fcntl.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "engine/base/file.h"
#include "python/fence.h"

namespace hitz::python {

namespace {

// CPython has one audit hook per process for all that runs in it, so these are the process's.
data::Reads* process_reads = nullptr;   // NOLINT
std::set<std::string> process_modules;  // NOLINT: files that were imported; they stay in force
std::vector<std::string> process_own;   // NOLINT: folders of hitz's and Python's own modules

constexpr std::string_view kCache = "/__pycache__/";

// One function of os asks others; only the outermost question counts.
bool process_quiet = false;  // NOLINT

bool process_program_told = false;  // NOLINT: the next program's answer will be noted

constexpr std::string_view kProgram = "subprocess.Popen";
// What only another process, another host or the kernel can tell.
constexpr std::string_view kUntold[] = {
    kProgram,          "os.system",    "os.exec",       "os.posix_spawn", "os.spawn",
    "os.fork",         "os.forkpty",   "pty.spawn",     "os.getxattr",    "os.listxattr",
    "sqlite3.connect", "mmap.__new__", "urllib.Request"};
constexpr std::string_view kChanges[] = {
    "os.rename", "os.remove", "os.rmdir",    "os.symlink",  "os.link",        "os.chmod",
    "os.chown",  "os.utime",  "os.truncate", "os.setxattr", "os.removexattr", "fcntl.flock",
    "os.lockf",  "os.mkfifo", "os.mknod",    "fcntl.lockf"};

template <std::size_t Count>
bool is_one_of(const std::string_view (&events)[Count], std::string_view event) {
  return std::find(std::begin(events), std::end(events), event) != std::end(events);
}

bool is_untold(std::string_view event) {
  if (event == kProgram && std::exchange(process_program_told, false)) return false;
  return event.starts_with("socket.") || is_one_of(kUntold, event);
}

// The absolute path of an argument; "" for a descriptor, whose file has been opened by its path.
std::string path_of(PyObject* argument) {
  if (argument == Py_None) argument = nullptr;
  if (argument != nullptr && PyLong_Check(argument)) return "";
  std::string path = ".";
  if (argument != nullptr) {
    PyObject* bytes = nullptr;
    if (PyUnicode_FSConverter(argument, &bytes) == 0) {
      PyErr_Clear();
      return "";
    }
    Object hold = Object::steal(bytes);
    path = PyBytes_AsString(bytes);
  }
  return path.starts_with('/') ? path : current_folder() + "/" + path;
}

// The file that a compiled module was made of.
std::string source_of(const std::string& path) {
  std::size_t folder = path.rfind(kCache);
  if (folder == std::string::npos) return path;
  std::string name = path.substr(folder + kCache.size());
  return path.substr(0, folder) + "/" + name.substr(0, name.find('.')) + ".py";
}

bool is_module(const std::string& path) {
  return path.ends_with(".py") || path.ends_with(".pyc");
}

void note_file(std::string path) {
  const bool module = is_module(path);
  if (path.empty() || (!module && process_reads == nullptr)) return;
  if (module) {
    path = source_of(path);
    for (const auto& folder : process_own) {
      if (path.starts_with(folder)) return;
    }
    process_modules.insert(path);
  }
  if (process_reads != nullptr) process_reads->files.insert(std::move(path));
}

// Compiled modules and what goes nowhere change nothing.
bool is_trace(const std::string& path) {
  return path.empty() || path.find(kCache) != std::string::npos || path == "/dev/null";
}

// (path, mode, flags): reading what may have been there before.
void opened(PyObject* args) {
  if (PyTuple_Size(args) != 3 || !PyLong_Check(PyTuple_GetItem(args, 2))) return;
  const long flags = PyLong_AsLong(PyTuple_GetItem(args, 2));
  const bool reads = (flags & O_ACCMODE) != O_WRONLY && (flags & (O_TRUNC | O_EXCL)) == 0;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_TRUNC | O_CREAT)) != 0;
  if (reads) note_file(path_of(PyTuple_GetItem(args, 0)));
  if (writes && process_reads != nullptr && !is_trace(path_of(PyTuple_GetItem(args, 0))))
    process_reads->changed = true;
}

// What is done to things outside. A folder that is there already is not made: whoever makes it asks
// for no more than that it is there.
void changed(std::string_view event, PyObject* args) {
  const bool has_path = PyTuple_Size(args) > 0;
  if (event == "os.mkdir" && has_path) {
    std::string path = path_of(PyTuple_GetItem(args, 0));
    if (!is_trace(path + "/")) process_reads->made.insert(std::move(path));
  } else if (is_one_of(kChanges, event)) {
    if (!has_path || !PyUnicode_Check(PyTuple_GetItem(args, 0)) ||
        !is_trace(path_of(PyTuple_GetItem(args, 0))))
      process_reads->changed = true;
  }
}

int hear(const char* event, PyObject* args, void*) {
  const std::string_view name = event;
  if (name == "open") {
    opened(args);
  } else if (process_reads == nullptr) {
    return 0;
  } else if (name == "os.listdir" || name == "os.scandir") {
    note_file(path_of(PyTuple_GetItem(args, 0)));
  } else if (is_untold(name)) {
    process_reads->unknown = true;
  } else {
    changed(name, args);
  }
  return 0;
}

}  // namespace

Result<void> call_witness(const std::string& modules) {
  Object library = attribute("os", "__file__");
  Object install = attribute("hitz.witness", "install");
  if (!library || !install || !Object::steal(PyObject_CallNoArgs(install.get())))
    return fail(take_exception());
  process_own = {modules + "/", parent_of(utf8_of(library.get())) + "/"};
  if (PySys_AddAuditHook(hear, nullptr) != 0) return fail(take_exception());
  return {};
}

data::Reads* watch(data::Reads* reads) {
  if (reads != nullptr) reads->files.insert(process_modules.begin(), process_modules.end());
  return std::exchange(process_reads, reads);
}

bool is_noting() {
  return process_reads != nullptr && !process_quiet;
}

void note_answer(const std::string& question, std::string answer) {
  if (process_reads == nullptr) return;
  auto [known, fresh] = process_reads->answers.try_emplace(question, std::move(answer));
  // NOLINTNEXTLINE(bugprone-use-after-move): it has not been moved when the question was known
  if (!fresh && known->second != answer) process_reads->unknown = true;  // it has changed meanwhile
}

PyObject* set_quiet(PyObject*, PyObject* yes) {
  return PyBool_FromLong(std::exchange(process_quiet, PyObject_IsTrue(yes) == 1) ? 1 : 0);
}

PyObject* is_watched(PyObject*, PyObject*) {
  return PyBool_FromLong(is_noting() ? 1 : 0);
}

PyObject* note_told(PyObject*, PyObject* args) {
  PyObject *question = nullptr, *answer = nullptr;
  if (!PyArg_ParseTuple(args, "UU", &question, &answer)) return nullptr;
  note_answer(utf8_of(question), utf8_of(answer));
  Py_RETURN_NONE;
}

PyObject* note_program(PyObject*, PyObject* args) {
  PyObject *question = nullptr, *answer = nullptr;
  if (!PyArg_ParseTuple(args, "UO", &question, &answer)) return nullptr;
  if (process_reads == nullptr) Py_RETURN_NONE;
  auto& known = process_reads->programs[utf8_of(question)];
  if (answer == Py_None) {
    process_program_told = true;
    Py_RETURN_NONE;
  }
  std::string text = utf8_of(answer);
  if (!known.empty() && known != text) process_reads->unknown = true;
  known = std::move(text);
  Py_RETURN_NONE;
}

PyObject* note_unknown(PyObject*, PyObject*) {
  if (process_reads != nullptr) process_reads->unknown = true;
  Py_RETURN_NONE;
}

}  // namespace hitz::python
