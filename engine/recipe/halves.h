// SPDX-License-Identifier: Apache-2.0
#pragma once
// Looking at many files: the system answers two at a time.

#include <cstddef>
#include <thread>

namespace hitz::recipe {

/// Calls work(from, to) for all of 0 … count, in two halves at the same time where that is worth a
/// thread. No process may be forked meanwhile.
template <class Work>
void in_two_threads(std::size_t count, const Work& work) {
  constexpr std::size_t kWorthAThread = 500;
  if (count < kWorthAThread) return work(0, count);
  std::thread other([&] { work(count / 2, count); });
  work(0, count / 2);
  other.join();
}

}  // namespace hitz::recipe
