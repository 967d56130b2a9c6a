// SPDX-License-Identifier: Apache-2.0
#include "engine/base/hash.h"

#include <openssl/evp.h>

#include <array>
#include <cstdio>

#include "engine/base/file.h"
#include "engine/base/handle.h"

namespace hitz {

namespace {

using Context = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;

std::string finish_hex(EVP_MD_CTX* context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context, digest.data(), &size);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += kDigits[digest[i] >> 4];
    out += kDigits[digest[i] & 15];
  }
  return out;
}

std::string digest_hex(const EVP_MD* kind, std::string_view bytes) {
  Context context(EVP_MD_CTX_new());
  EVP_DigestInit_ex(context.get(), kind, nullptr);
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  return finish_hex(context.get());
}

Result<std::string> digest_of_file(const EVP_MD* kind, const std::string& path) {
  Context context(EVP_MD_CTX_new());
  EVP_DigestInit_ex(context.get(), kind, nullptr);
  TRY_VOID(read_chunks(path, [&](std::string_view chunk) {
    EVP_DigestUpdate(context.get(), chunk.data(), chunk.size());
  }));
  return finish_hex(context.get());
}

}  // namespace

struct Sha256::State {
  Context context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(std::string_view bytes) {
  EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
  return *this;
}

std::string Sha256::hex() {
  std::string out = finish_hex(state_->context.get());
  EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  return digest_hex(EVP_sha256(), bytes);
}
std::string md5_hex(std::string_view bytes) {
  return digest_hex(EVP_md5(), bytes);
}
Result<std::string> sha256_of_file(const std::string& path) {
  return digest_of_file(EVP_sha256(), path);
}
Result<std::string> md5_of_file(const std::string& path) {
  return digest_of_file(EVP_md5(), path);
}

}  // namespace hitz
