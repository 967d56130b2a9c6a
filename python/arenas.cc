// SPDX-License-Identifier: Apache-2.0
#include "python/arenas.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <utility>

#include <Python.h>

namespace hitz::python {

namespace {

// Python asks for 1 MB at a time and uses all of it: one fault for 2 MB costs less than 512.
constexpr std::size_t kLarge = 2 << 20, kAtOnce = 16 << 20;

struct Area {
  char *next = nullptr, *end = nullptr;
};

void* take(void* context, std::size_t size) {
  auto& area = *static_cast<Area*>(context);
  if (size > kAtOnce) return nullptr;
  if (static_cast<std::size_t>(area.end - area.next) < size) {
    std::size_t space = kAtOnce + kLarge;
    void* start = ::mmap(nullptr, space, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return nullptr;
    std::align(kLarge, kAtOnce, start, space);
    if (::madvise(start, kAtOnce, MADV_HUGEPAGE) != 0) errno = 0;
    area.next = static_cast<char*>(start);
    area.end = area.next + kAtOnce;
  }
  return std::exchange(area.next, area.next + size);
}

void give_back(void*, void* arena, std::size_t size) {
  ::munmap(arena, size);
}

}  // namespace

// There is one Python per process, and it asks for memory until the process ends.
void use_large_arenas() {
  static Area area;
  PyObjectArenaAllocator allocator{&area, take, give_back};
  PyObject_SetArenaAllocator(&allocator);
}

}  // namespace hitz::python
