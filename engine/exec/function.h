// SPDX-License-Identifier: Apache-2.0
#pragma once
// Functions of metadata, run with their directories, locks and scripts: bb.build.exec_func.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/store.h"
#include "engine/signature/shell_scanner.h"

namespace hitz::exec {

/// A line of the log with its level, as Python's logging counts them.
using LogLine = std::function<void(int level, const std::string& text)>;
/// The level of an error after which the log shall be shown all the same (bbfatal_log).
constexpr int kErrorWithLog = 41;

/// Calls a function of hitz's Python that serves tasks (hitz.task): its name, d or null, texts.
using TaskPython = std::function<Result<std::string>(const std::string& function, data::Store* d,
                                                     const std::vector<std::string>& texts)>;

/// A Python function as it is run.
Result<data::PythonFunction> python_function(const std::string& name, data::Store& d);

/// What is wrong with a folder whose name has a variable in it that nobody has set; "" for nothing.
std::string unexpanded(const std::string& folder);

class Functions {
 public:
  Functions(data::PythonHost& python, signature::ShellScanner& scanner)
      : python_(python), scanner_(scanner) {}
  void on_log(LogLine line) { log_ = std::move(line); }
  /// What progress handlers and turns of output need; without it a function has none.
  void use(TaskPython task_python) { task_python_ = std::move(task_python); }
  /// Every script is traced, and what functions write is told (bitbake -v).
  void trace_scripts() { trace_ = true; }
  bool traces_scripts() const { return trace_; }
  /// Shells are started so that pseudo sees them, when this process runs under it.
  void run_under_fakeroot() { fakeroot_ = true; }

  /// What all scripts begin with is found out, once for the copies of this in forked processes.
  Result<void> know_prologue(data::Store& d);
  /// The script that run() would write.
  Result<std::string> script(const std::string& function, data::Store& d);
  /// Runs a function in this process (Python) or one of its own (shell); dirs replace its own flag.
  /// Errors: Kind::Function.
  Result<void> run(const std::string& function, data::Store& d,
                   const std::optional<std::vector<std::string>>& dirs = {});

 private:
  struct Files {
    std::string run;  // the script's path
    std::string cwd;  // "" for where we are
  };
  Result<void> make_folder(const std::string& path);
  Result<std::string> run_file(const std::string& function, data::Store& d);
  Result<void> run_in(const std::string& function, data::Store& d, const Files& files);
  Result<void> run_python(const std::string& function, data::Store& d, const Files& files);
  Result<void> run_shell(const std::string& function, data::Store& d, const Files& files);
  Result<std::string> prologue(data::Store& d);
  void tell_output(std::string text);
  void fifo_line(const std::string& record);
  void log(int level, const std::string& text);
  void flush();

  data::PythonHost& python_;
  signature::ShellScanner& scanner_;
  LogLine log_;
  TaskPython task_python_;
  bool trace_ = false;
  bool fakeroot_ = false;
  std::string prologue_;  // "" until the first shell function runs
};

}  // namespace hitz::exec
