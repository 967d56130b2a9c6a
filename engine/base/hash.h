// SPDX-License-Identifier: Apache-2.0
#pragma once
// Message digests by OpenSSL; hexadecimal, lower case.

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace hitz {

/// A SHA-256 fed piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256& add(std::string_view bytes);
  /// The digest; the object is ready for a new message afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);
std::string md5_hex(std::string_view bytes);
Result<std::string> sha256_of_file(const std::string& path);
Result<std::string> md5_of_file(const std::string& path);

}  // namespace hitz
