// SPDX-License-Identifier: Apache-2.0
#include "engine/base/shared_log.h"

#include <sys/mman.h>

#include <atomic>
#include <cstring>

namespace hitz {

namespace {

using Number = std::uint64_t;
constexpr Number kStep = sizeof(Number);  // pairs begin at multiples of it
constexpr int kHalf = 32;                 // bits: of the two lengths in one number

Number room_for(Number key, Number value) {
  return kStep + (key + value + kStep - 1) / kStep * kStep;
}

}  // namespace

std::unique_ptr<SharedLog> SharedLog::make(std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto out = std::unique_ptr<SharedLog>(new SharedLog(static_cast<char*>(memory), size));
  out->number_at(0) = kStep;
  return out;
}

SharedLog::~SharedLog() {
  ::munmap(memory_, size_);
}

Number& SharedLog::number_at(Number place) const {
  return *reinterpret_cast<Number*>(memory_ + place);
}

// The lengths come last: a process that is ended before them is as if it had not begun, and nobody
// reads on behind that.
void SharedLog::add(std::string_view key, std::string_view value) const {
  const Number room = room_for(key.size(), value.size());
  if (value.size() >> kHalf != 0 || room > size_) return;
  const Number place = std::atomic_ref(number_at(0)).fetch_add(room, std::memory_order_relaxed);
  if (place > size_ - room) return;
  char* bytes = memory_ + place + kStep;
  std::memcpy(bytes, key.data(), key.size());
  std::memcpy(bytes + key.size(), value.data(), value.size());
  std::atomic_ref(number_at(place))
      .store(Number{key.size()} << kHalf | value.size(), std::memory_order_release);
}

void SharedLog::read_on(const Each& each) {
  while (read_ + kStep <= size_) {
    const Number lengths = std::atomic_ref(number_at(read_)).load(std::memory_order_acquire);
    if (lengths == 0) return;
    const Number key = lengths >> kHalf, value = lengths & ((Number{1} << kHalf) - 1);
    const char* bytes = memory_ + read_ + kStep;
    read_ += room_for(key, value);
    each({bytes, key}, {bytes + key, value});
  }
}

}  // namespace hitz
