// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::exec {

namespace {

constexpr std::size_t kLargePage = 2 << 20;
constexpr int kCollapse = 25;  // MADV_COLLAPSE, which the C library's headers may not know

}  // namespace

// A line: "7f00-7fff rw-p 00000000 00:00 0", the last field the file, 0 for none.
void gather_memory() {
  auto maps = read_file("/proc/self/maps");
  if (!maps) return;
  for (const auto& line : split(*maps, '\n')) {
    auto fields = words(line);
    if (fields.size() < 5 || !fields[1].starts_with("rw-p") || fields[4] != "0") continue;
    char* end = nullptr;
    std::size_t from = std::strtoull(fields[0].c_str(), &end, 16);
    std::size_t to = *end == '-' ? std::strtoull(end + 1, nullptr, 16) : from;
    if (to - from < kLargePage) continue;
    if (::madvise(reinterpret_cast<void*>(from), to - from, kCollapse) != 0) errno = 0;  // NOLINT
  }
}

}  // namespace hitz::exec
