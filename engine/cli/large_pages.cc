// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/large_pages.h"

#include <mimalloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "engine/base/file.h"
#include "engine/base/text.h"

// Absent where sanitizers bring an allocator of their own.
#pragma weak mi_option_enable

namespace hitz::cli {

namespace {

constexpr std::uintptr_t kLarge = 2 << 20;
constexpr std::size_t kSmall = 4096, kParts = kLarge / kSmall;
constexpr std::ptrdiff_t kUsedWell = kParts / 8;  // below it, more memory would be taken than saved
constexpr std::uintptr_t kSegment = 32 << 20;  // what the allocator takes at once, aligned so
constexpr int kCollapse = 25;                     // MADV_COLLAPSE, younger than the C library

bool used_well(void* start) {
  std::array<unsigned char, kParts> present{};
  if (::mincore(start, kLarge, present.data()) != 0) return false;
  return std::count_if(present.begin(), present.end(),
                       [](unsigned char one) { return (one & 1) != 0; }) >= kUsedWell;
}

void collapse(std::uintptr_t begin, std::uintptr_t end) {
  for (begin = (begin + kLarge - 1) / kLarge * kLarge; begin + kLarge <= end; begin += kLarge) {
    auto* start = reinterpret_cast<void*>(begin);  // NOLINT: the system's files name addresses
    if (used_well(start)) ::madvise(start, kLarge, kCollapse);
  }
}

}  // namespace

void use_large_pages() {
  int before = errno;
  if (::sysconf(_SC_PAGESIZE) != static_cast<long>(kSmall)) return;
  // "5581a000-5583c000 rw-p 00000000 00:00 0", and a path where there is one
  for (const auto& line : split(read_file("/proc/self/maps").value_or(""), '\n')) {
    auto fields = words(line);
    if (fields.size() != 5 || fields[1] != "rw-p") continue;
    char* rest = nullptr;
    std::uintptr_t begin = std::strtoull(fields[0].c_str(), &rest, 16);
    collapse(begin, *rest == '-' ? std::strtoull(rest + 1, nullptr, 16) : 0);
  }
  errno = before;
}

// The allocator has taken its first segment before any code of ours runs.
void take_large_pages() {
  if (mi_option_enable == nullptr) return;
  const int before = errno;
  mi_option_enable(mi_option_large_os_pages);
  const auto here = std::make_unique<char>();
  auto* segment = reinterpret_cast<void*>(  // NOLINT: aligned down
      reinterpret_cast<std::uintptr_t>(here.get()) / kSegment * kSegment);
  ::madvise(segment, kSegment, MADV_HUGEPAGE);
  errno = before;
}

}  // namespace hitz::cli
