// SPDX-License-Identifier: Apache-2.0
#pragma once
// A shell function's process: what it tells through its fifo, and on request all that it writes.

#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace hitz::exec {

struct ShellProcess {
  std::vector<std::string> argv;
  std::string fifo;                                       // made here, gone at the end; "" for none
  std::function<void(const std::string& record)> told;    // one record of the fifo
  std::function<void(const std::string& text)> output{};  // null: it writes where this process does
  // By fork() and exec, which a library that was loaded before libc intercepts (pseudo);
  // posix_spawn() passes it by.
  bool forked = false;
};

/// Runs it to its end; its exit status, or the signal's number below 0 when one ended it.
Result<int> run_process(const ShellProcess& process);

}  // namespace hitz::exec
