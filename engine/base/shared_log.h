// SPDX-License-Identifier: Apache-2.0
#pragma once
// SharedLog: what forks of one process tell one another while they all run: pairs of bytes, in
// memory that they have in common. Nobody waits for anybody.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace hitz {

class SharedLog {
 public:
  /// Before the forks. Null: the system has no such memory. size: in bytes; what does not fit any
  /// more is not told.
  static std::unique_ptr<SharedLog> make(std::size_t size);
  ~SharedLog();
  SharedLog(const SharedLog&) = delete;
  SharedLog& operator=(const SharedLog&) = delete;

  /// The key is not empty.
  void add(std::string_view key, std::string_view value) const;
  using Each = std::function<void(std::string_view key, std::string_view value)>;
  /// What all have added since this process asked last; the bytes stay for as long as this lives.
  void read_on(const Each& each);

 private:
  SharedLog(char* memory, std::size_t size) : memory_(memory), size_(size) {}
  std::uint64_t& number_at(std::uint64_t place) const;
  char* memory_;  // first how much of it is taken, then the pairs, each behind its two lengths
  std::size_t size_;
  std::uint64_t read_ = sizeof(std::uint64_t);
};

}  // namespace hitz
