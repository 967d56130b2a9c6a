// SPDX-License-Identifier: Apache-2.0
#pragma once
// Zstandard frames; files are streamed.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace hitz {

std::string zstd_compress(std::string_view bytes, int level = 3);
/// A little less tightly, with a twentieth of the memory: for who has none warm yet.
std::string zstd_compress_sparingly(std::string_view bytes);
Result<std::string> zstd_decompress(std::string_view frame);

/// Decompresses one frame after the other, with what zstd needs for it made once.
class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Result<std::string> decompress(std::string_view frame);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes the compressed content of one file as another; the source's size and SHA-256 on the way.
struct Digested {
  std::string sha256;
  std::int64_t size = 0;
};
Result<Digested> zstd_compress_file(const std::string& from, const std::string& to, int level = 3);
/// Writes the content of a compressed file as a new one; runs of zeros become holes. The digest is
/// of what was written. A file that could not be written whole is removed.
Result<Digested> zstd_decompress_file(const std::string& from, const std::string& to,
                                      unsigned mode);
/// What zstd_decompress_file() would write, without writing it.
Result<Digested> zstd_digest_file(const std::string& from);

}  // namespace hitz
