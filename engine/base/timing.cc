// SPDX-License-Identifier: Apache-2.0
#include "engine/base/timing.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <ctime>
#include <new>

#include "engine/base/times.h"

namespace hitz {

namespace {

constexpr std::size_t kKinds = static_cast<std::size_t>(Work::Hashing) + 1;

std::int64_t cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return nanoseconds(now);
}

double seconds_of(const rusage& usage) {
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

struct Timing::Sums {
  std::array<std::atomic<std::int64_t>, kKinds> ns{};
};

Timing::Timing() {
  void* memory =
      ::mmap(nullptr, sizeof(Sums), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) sums_ = new (memory) Sums();
  restart();
}

Timing::~Timing() {
  if (sums_ != nullptr) ::munmap(sums_, sizeof(Sums));
}

Work Timing::turn_to(Work work) {
  std::int64_t now = cpu_ns();
  if (sums_ != nullptr)
    sums_->ns[static_cast<std::size_t>(work_)].fetch_add(now - since_ns_,
                                                         std::memory_order_relaxed);
  since_ns_ = now;
  Work before = work_;
  work_ = work;
  return before;
}

void Timing::restart() {
  since_ns_ = cpu_ns();
}

double Timing::seconds(Work work) const {
  return sums_ == nullptr
             ? 0
             : static_cast<double>(sums_->ns[static_cast<std::size_t>(work)].load()) / 1e9;
}

double Timing::total_seconds() {
  rusage own{}, others{};
  ::getrusage(RUSAGE_SELF, &own);
  ::getrusage(RUSAGE_CHILDREN, &others);
  return seconds_of(own) + seconds_of(others);
}

}  // namespace hitz
