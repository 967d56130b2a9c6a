// SPDX-License-Identifier: Apache-2.0
#pragma once
// A program that metadata has run, run once more to see whether it says the same. How it is run and
// what it says are texts of python/hitz/witness.py, their parts with kBetween between them:
//
//   question = ("shell" | "words") folder count variable* word+
//   answer   = status output errors

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace hitz::recipe {

class Program {
 public:
  static constexpr char kBetween = '\x1f';
  /// Starts it; nullopt when that cannot be done, or the question makes no sense.
  static std::optional<Program> start(std::string_view question);
  Program(Program&& other) noexcept;
  Program& operator=(Program&&) = delete;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  /// One that has not been waited for is left to itself.
  ~Program();
  /// What it says, when it has ended.
  std::string answer();

 private:
  Program(pid_t process, int output, int errors)
      : process_(process), output_(output), errors_(errors) {}
  pid_t process_;
  int output_, errors_;  // the ends of pipes that it writes to; -1: closed
};

}  // namespace hitz::recipe
