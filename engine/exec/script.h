// SPDX-License-Identifier: Apache-2.0
#pragma once
// The script of a shell function: exported variables, the function and those it calls, and the
// call.

#include <map>
#include <string>

#include "engine/base/result.h"
#include "engine/data/python_host.h"
#include "engine/data/store.h"
#include "engine/signature/shell_scanner.h"

namespace hitz::exec {

/// Exported variables, a blank line, the function, then the functions it calls, breadth first
/// (bb.data.emit_func).
Result<std::string> emit_function(data::Store& d, const std::string& function,
                                  signature::ShellScanner& scanner);
/// What a script has besides its functions.
struct ScriptFrame {
  std::string prologue;  // bb.build.shell_trap_code()
  std::string cwd;       // where the function runs; "" for wherever the script is started
  bool trace = false;    // set -x even without BB_VERBOSE_LOGS
};
/// A whole run.do_x: run with sh it enters the folder and calls the function; its exit status
/// is the function's.
Result<std::string> shell_script(data::Store& d, const std::string& function,
                                 const ScriptFrame& frame, signature::ShellScanner& scanner);
/// The run.x of a Python function, which nobody runs: the function, its call, and the metadata's
/// functions that it calls, breadth first (bb.data.emit_func_python).
Result<std::string> python_script(data::Store& d, const std::string& function,
                                  data::PythonHost& python);
/// The environment of a task: exported variables and their values.
Result<std::map<std::string, std::string>> exported_variables(data::Store& d);
/// The expanded values of those that are set and can be expanded.
Result<std::map<std::string, std::string>> values_of(const std::vector<std::string>& names,
                                                     data::Store& d);

}  // namespace hitz::exec
