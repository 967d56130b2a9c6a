// SPDX-License-Identifier: Apache-2.0
#pragma once
// PythonHost: the hatch through which the engine runs metadata's Python. Implemented in python/; a
// fake lives in tests/support.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/value.h"

namespace hitz::data {

class Store;
struct Reads;

/// What a piece of code refers to, found without running it (BitBake's codeparser).
struct CodeRefs {
  std::set<std::string> references;  // variables, and "VAR[flag]"
  std::set<std::string> execs;       // functions it calls, known or not
  std::map<std::string, std::set<std::string>>
      contains;  // variable -> the word lists tested with bb.utils.contains and kin
};

/// A Python function of metadata: the text between { and }, run as "def name(d):".
struct PythonFunction {
  std::string name;
  std::string body;
  std::string path;
  std::uint32_t line = 0;
};

struct PythonHandler {
  std::string name;
  std::string body;
  std::vector<std::string> mask;  // dotted event classes; empty for all
  std::string path;
  std::uint32_t line = 0;
};

/// The Python code that is running, for the history of variables.
struct RunningCode {
  std::string path;
  std::uint32_t line = 0;
  std::string function;
};

class PythonHost {
 public:
  virtual ~PythonHost() = default;

  /// Where is noted, from now on, what code learns from outside of the datastore; null for nowhere.
  /// Where it was noted before.
  virtual Reads* watch(Reads*) { return nullptr; }

  /// The innermost code that is running; nullopt when there is none.
  virtual std::optional<RunningCode> running_code() { return std::nullopt; }

  /// str() of the expression of a ${@…} block. Bare names resolve to metadata variables. Errors:
  /// Kind::Expansion, or Kind::SkipRecipe and Kind::Handled untouched. An unterminated string
  /// literal gives nullopt: the block stays as it is.
  virtual Result<std::optional<std::string>> evaluate(std::string_view expression, Store& d) = 0;
  /// Executes a top-level def in the globals that all metadata shares.
  virtual Result<void> define(std::string_view name, std::string_view text, std::string_view path,
                              std::uint32_t line) = 0;
  /// Compiles and calls a function with d. Errors keep their Kind (SkipRecipe, Handled …).
  virtual Result<void> run(const PythonFunction& function, Store& d) = 0;
  /// A setVarFilter expression applied to a value.
  virtual Result<std::string> filter(std::string_view value, std::string_view expression) = 0;
  /// What Python code refers to; kept by its text for as long as the host lives.
  virtual Result<const CodeRefs*> scan(std::string_view code) = 0;
  /// addpylib: makes folder importable, imports package and its BBIMPORTS into the shared globals.
  virtual Result<void> add_library(std::string_view folder, std::string_view package, Store& d) = 0;

  /// The version of BitBake that bb says it is.
  virtual void set_version(const std::string& version) = 0;
  /// A warning of the parser or the datastore, for all who listen to BitBake's loggers.
  virtual void warn(const std::string& text) = 0;

  /// Event handlers: added by name, fired by event class with its positional arguments.
  virtual Result<void> add_handler(const PythonHandler& handler, Store& d) = 0;
  virtual Result<void> fire(std::string_view event_class, const std::vector<Value>& arguments,
                            Store& d) = 0;
  /// bb.event.MultiConfigParsed: the datastores of all configurations by name, "" the main one,
  /// which d is.
  virtual Result<void> fire_multiconfig_parsed(
      const std::vector<std::pair<std::string, std::shared_ptr<Store>>>& stores, Store& d) = 0;
  /// The present table of handlers, and back to one: those of a recipe live only while it is
  /// finalised.
  virtual std::shared_ptr<const Opaque> handlers() = 0;
  virtual void restore_handlers(std::shared_ptr<const Opaque> table) = 0;

  /// Functions of Python modules added by addpylib whose dependencies count in signatures: key ->
  /// (value, refs); see facts S14.
  struct ModuleFunction {
    std::string value;
    CodeRefs refs;
  };
  virtual const std::unordered_set<std::string>& module_function_names() = 0;
  /// name is one of those; its source is read when it is first asked for.
  virtual Result<const ModuleFunction*> module_function(const std::string& name) = 0;
};

/// Python code notes what it learns from outside while this lives.
class Watching {
 public:
  Watching(PythonHost* python, Reads& reads) : python_(python) {
    if (python_ != nullptr) before_ = python_->watch(&reads);
  }
  ~Watching() {
    if (python_ != nullptr) python_->watch(before_);
  }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

 private:
  PythonHost* python_;
  Reads* before_ = nullptr;
};

}  // namespace hitz::data
