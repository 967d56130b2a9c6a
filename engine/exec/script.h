// SPDX-License-Identifier: Apache-2.0
#pragma once
// The script of a shell function: exported variables, the function and those it calls, and the
// call.

#include <map>
#include <string>

#include "engine/base/result.h"
#include "engine/data/store.h"
#include "engine/signature/shell_scanner.h"

namespace hitz::exec {

/// Exported variables, a blank line, the function, then the functions it calls, breadth first
/// (bb.data.emit_func).
Result<std::string> emit_function(data::Store& d, const std::string& function,
                                  signature::ShellScanner& scanner);
/// A whole run.do_x: run with sh it enters cwd (unless "") and calls the function; its exit status
/// is the function's.
Result<std::string> shell_script(data::Store& d, const std::string& function,
                                 const std::string& cwd, signature::ShellScanner& scanner);
/// The environment of a task: exported variables and their values.
Result<std::map<std::string, std::string>> exported_variables(data::Store& d);

}  // namespace hitz::exec
