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

/// A record from a shell function's log fifo: "bbwarn text".
using LogLine = std::function<void(const std::string& command, const std::string& text)>;

class Functions {
 public:
  Functions(data::PythonHost& python, signature::ShellScanner& scanner)
      : python_(python), scanner_(scanner) {}
  void on_log(LogLine line) { log_ = std::move(line); }
  /// Called where another process is about to write, or another function: what Python still holds
  /// of its output goes first.
  void on_turn(std::function<void()> flush) { flush_ = std::move(flush); }

  /// Runs a function in this process (Python) or one of its own (shell); dirs replace its own flag.
  /// Errors: Kind::Function.
  Result<void> run(const std::string& function, data::Store& d,
                   const std::optional<std::vector<std::string>>& dirs = {});

 private:
  Result<void> run_python(const std::string& function, data::Store& d, const std::string& run_file,
                          const std::string& cwd);
  Result<void> run_shell(const std::string& function, data::Store& d, const std::string& run_file,
                         const std::string& cwd);
  Result<int> wait_for(int pid, const std::string& fifo);

  data::PythonHost& python_;
  signature::ShellScanner& scanner_;
  LogLine log_;
  std::function<void()> flush_ = [] {};
};

}  // namespace hitz::exec
