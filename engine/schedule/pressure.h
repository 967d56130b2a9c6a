// SPDX-License-Identifier: Apache-2.0
#pragma once
// Pressure: whether the machine is too busy for another task (facts T28).

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/result.h"

namespace hitz::schedule {

struct PressureLimits {
  /// Microseconds that some task stalled, per second: BB_PRESSURE_MAX_CPU, _IO, _MEMORY.
  std::array<std::optional<double>, 3> most;
  /// BB_LOADFACTOR_MAX: the load of the last minute per processor; only where none of these is set.
  std::optional<double> load;
  bool any() const { return most[0] || most[1] || most[2] || load; }
};

/// Where the kernel tells: files cpu, io and memory in one folder, and the load.
struct PressureFiles {
  std::string folder = "/proc/pressure";
  std::string load = "/proc/loadavg";
  int processors = 1;
};

class Pressure {
 public:
  Pressure(PressureLimits limits, PressureFiles files);
  /// What limits it: "CPU pressure (>1000us)"; "" for nothing. What the kernel does not tell limits
  /// nothing. Times are microseconds of a clock that only goes forward.
  std::string exceeded(std::int64_t now_us);

 private:
  std::optional<double> total(std::size_t kind) const;

  PressureLimits limits_;
  PressureFiles files_;
  std::array<std::optional<double>, 3> before_;  // totals, at a time
  std::int64_t since_us_ = 0;
  bool begun_ = false;
};

/// Of the configuration's values; "" for one that is not set. Errors: Input, no number or out of
/// 1 to 1000000.
Result<PressureLimits> pressure_limits(const std::array<std::string, 3>& most,
                                       const std::string& load);

}  // namespace hitz::schedule
