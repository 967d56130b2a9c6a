// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory that some forks do without: a fork copies what says where pages are, which for
// all that is known of recipes takes longer than most tasks.

#include <cstddef>

namespace hitz::cli {

class ApartMemory {
 public:
  /// Where the allocator has no such thing, nothing is apart.
  ApartMemory();
  ApartMemory(const ApartMemory&) = delete;
  ApartMemory& operator=(const ApartMemory&) = delete;

  /// New memory of one thread is apart between the two.
  void enter();
  void leave();
  /// What the thread has used for a while and no longer needs goes back to the system.
  void give_back() const;
  enum class Forks { With, Without };
  /// Forks from here on have it, or must not look at what is in it.
  void let(Forks forks) const;

 private:
  void* start_ = nullptr;  // null: there is none
  std::size_t size_ = 0;
  int arena_ = 0;
  void* heap_ = nullptr;    // of the thread, when it has entered once
  void* before_ = nullptr;  // its other one
};

/// New memory of this thread comes from pages that hold nothing else: what a forked process puts
/// between its parent's things costs it a copy of theirs.
void use_fresh_memory();

}  // namespace hitz::cli
