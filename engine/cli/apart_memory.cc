// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/apart_memory.h"

#include <mimalloc.h>
#include <sys/mman.h>

#include <cerrno>
#include <memory>

// Absent where sanitizers bring an allocator of their own.
#pragma weak mi_manage_os_memory_ex
#pragma weak mi_heap_new_in_arena
#pragma weak mi_heap_set_default
#pragma weak mi_collect
#pragma weak mi_heap_new

namespace hitz::cli {

namespace {

constexpr std::size_t kSize = std::size_t{8}
                              << 30;      // of addresses; no layers have that much to say
constexpr std::size_t kAlign = 64 << 20;  // what the allocator asks for

}  // namespace

// The area stays for as long as the process: what is in it goes from hand to hand.
ApartMemory::ApartMemory() {
  if (mi_manage_os_memory_ex == nullptr) return;
  std::size_t space = kSize + kAlign;
  void* start = ::mmap(nullptr, space, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) {
    errno = 0;
    return;
  }
  std::align(kAlign, kSize, start, space);
  if (!mi_manage_os_memory_ex(start, kSize, true, false, true, -1, true, &arena_)) return;
  if (::madvise(start, kSize, MADV_HUGEPAGE) != 0) errno = 0;  // a fault for 2 MB, not for 4 KB
  start_ = start;
  size_ = kSize;
}

void use_fresh_memory() {
  if (mi_heap_new == nullptr) return;
  if (mi_heap_t* heap = mi_heap_new()) mi_heap_set_default(heap);
}

void ApartMemory::enter() {
  if (start_ == nullptr) return;
  if (heap_ == nullptr) heap_ = mi_heap_new_in_arena(arena_);
  if (heap_ != nullptr) before_ = mi_heap_set_default(static_cast<mi_heap_t*>(heap_));
}

void ApartMemory::leave() {
  if (heap_ != nullptr) mi_heap_set_default(static_cast<mi_heap_t*>(before_));
}

void ApartMemory::give_back() const {
  if (start_ != nullptr) mi_collect(true);
}

void ApartMemory::let(Forks forks) const {
  if (start_ == nullptr) return;
  int advice = forks == Forks::Without ? MADV_DONTFORK : MADV_DOFORK;
  if (::madvise(start_, size_, advice) != 0) errno = 0;
}

}  // namespace hitz::cli
