// SPDX-License-Identifier: Apache-2.0
#pragma once
// Times in nanoseconds, and how finely file systems tell them.

#include <cstdint>
#include <ctime>

namespace hitz {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

/// The clock of file times moves in ticks of up to 10 ms: what changed this shortly, in
/// nanoseconds, before it was read may change again unseen.
constexpr std::int64_t kFileTick = 50'000'000;

inline std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * kNanosecondsPerSecond + time.tv_nsec;
}

}  // namespace hitz
