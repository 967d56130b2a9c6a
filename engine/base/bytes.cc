// SPDX-License-Identifier: Apache-2.0
#include "engine/base/bytes.h"

namespace hitz {

namespace {

constexpr int kBits = 7;
constexpr unsigned kMore = 0x80;

}  // namespace

void ByteWriter::number(std::uint64_t value) {
  for (; value >= kMore; value >>= kBits)
    bytes_ += static_cast<char>(static_cast<unsigned char>((value & (kMore - 1)) | kMore));
  bytes_ += static_cast<char>(value);
}

void ByteWriter::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

void ByteWriter::texts(const std::vector<std::string>& values) {
  number(values.size());
  for (const auto& value : values) text(value);
}

std::uint64_t ByteReader::number() {
  std::uint64_t out = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += kBits) {
    auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    out |= static_cast<std::uint64_t>(byte & (kMore - 1)) << shift;
    if (byte < kMore) return out;
  }
  ok_ = false;
  rest_ = {};
  return 0;
}

std::string_view ByteReader::text() {
  std::uint64_t size = number();
  if (size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  std::string_view out = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return out;
}

void ByteReader::skip_texts() {
  for (std::uint64_t left = number(); left > 0 && ok_; --left) text();
}

std::vector<std::string> ByteReader::texts() {
  std::vector<std::string> out;
  std::uint64_t count = number();
  if (count > rest_.size()) {  // each text has at least the byte of its length
    ok_ = false;
    rest_ = {};
  }
  if (ok_) out.reserve(count);
  for (; ok_ && count > 0; --count) out.emplace_back(text());
  return out;
}

}  // namespace hitz
