// SPDX-License-Identifier: Apache-2.0
#pragma once
// Values as bytes and back: numbers in as few bytes as they need, texts with their length.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hitz {

class ByteWriter {
 public:
  void number(std::uint64_t value);
  void text(std::string_view value);
  void texts(const std::vector<std::string>& values);
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what a ByteWriter has written. Past the end, or where the bytes make no sense, everything
/// is 0 or empty and ok() is false from then on.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number();
  std::string_view text();
  std::vector<std::string> texts();
  void skip_texts();
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace hitz
