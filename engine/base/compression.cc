// SPDX-License-Identifier: Apache-2.0
#include "engine/base/compression.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <vector>

#include <zstd.h>

#include "engine/base/file.h"
#include "engine/base/handle.h"
#include "engine/base/hash.h"

namespace hitz {

namespace {

using Compressor = Handle<ZSTD_CCtx, ZSTD_freeCCtx>;
constexpr unsigned long long kTrustedSize = 64ULL << 20;
using ReadingContext = Handle<ZSTD_DCtx, ZSTD_freeDCtx>;

// A new file, gone again unless it is finished.
class Output {
 public:
  // Never into a file that is there: another name may belong to it.
  Output(const std::string& path, unsigned mode) : path_(path), mode_(mode) {
    ::unlink(path.c_str());
    fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (!finished_) ::unlink(path_.c_str());
  }
  bool open() const { return fd_ >= 0; }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  // Blocks of zeros are skipped over, so that an image of a disk stays as small as it was.
  bool write_sparse(std::string_view bytes) const {
    constexpr std::size_t kBlock = 4096;
    while (!bytes.empty()) {
      std::string_view block = bytes.substr(0, kBlock);
      bool zeros = block.size() == kBlock &&
                   std::all_of(block.begin(), block.end(), [](char c) { return c == 0; });
      if (zeros ? ::lseek(fd_, static_cast<off_t>(kBlock), SEEK_CUR) < 0 : !write(block))
        return false;
      bytes.remove_prefix(block.size());
    }
    return true;
  }

  // The mode comes last: writing takes away the set-user-ID bit.
  bool finish(std::int64_t size) {
    finished_ = ::ftruncate(fd_, size) == 0 && ::fchmod(fd_, mode_) == 0;
    return finished_;
  }

 private:
  std::string path_;
  unsigned mode_;
  int fd_ = -1;
  bool finished_ = false;
};

// Hands over what a compressed file holds, piece by piece, until the sink says no.
Result<Digested> decompress(const std::string& from,
                            const std::function<bool(std::string_view)>& sink) {
  ReadingContext context(ZSTD_createDCtx());
  std::vector<char> buffer(std::size_t{1} << 20);
  Sha256 digest;
  Digested out;
  bool sound = true, wanted = true;
  TRY_VOID(read_chunks(from, [&](std::string_view chunk) {
    ZSTD_inBuffer input{chunk.data(), chunk.size(), 0};
    // A full buffer may have left something behind although all input is taken.
    for (bool full = false; sound && wanted && (full || input.pos < input.size);) {
      ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
      sound = !ZSTD_isError(ZSTD_decompressStream(context.get(), &output, &input));
      full = output.pos == output.size;
      std::string_view plain(buffer.data(), output.pos);
      digest.add(plain);
      out.size += static_cast<std::int64_t>(plain.size());
      wanted = sink(plain);
    }
  }));
  if (!sound) return environment_error("damaged zstd data in " + from);
  out.sha256 = digest.hex();
  return out;
}

}  // namespace

std::string zstd_compress(std::string_view bytes, int level) {
  Compressor context(ZSTD_createCCtx());
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size()));
  return out;
}

std::string zstd_compress_sparingly(std::string_view bytes) {
  constexpr int kTable = 12;  // 4096 entries
  Compressor context(ZSTD_createCCtx());
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_strategy, ZSTD_fast);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_hashLog, kTable);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_chainLog, kTable);
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size()));
  return out;
}

struct Decompressor::State {
  ReadingContext context{ZSTD_createDCtx()};
};

Decompressor::Decompressor() : state_(new State) {}
Decompressor::~Decompressor() = default;

Result<std::string> Decompressor::decompress(std::string_view frame) {
  ZSTD_DCtx* context = state_->context.get();
  ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
  std::string out;
  // What a frame says of its size is only where to begin: it may be damaged.
  unsigned long long said = ZSTD_getFrameContentSize(frame.data(), frame.size());
  std::size_t room =
      said < kTrustedSize ? static_cast<std::size_t>(said) + 1 : ZSTD_DStreamOutSize();
  ZSTD_inBuffer input{frame.data(), frame.size(), 0};
  for (bool full = true; full || input.pos < input.size; room = ZSTD_DStreamOutSize()) {
    std::size_t done = out.size();
    out.resize(done + room);
    ZSTD_outBuffer output{out.data() + done, room, 0};
    if (ZSTD_isError(ZSTD_decompressStream(context, &output, &input)))
      return environment_error("damaged zstd data");
    full = output.pos == output.size;
    out.resize(done + output.pos);
  }
  return out;
}

Result<std::string> zstd_decompress(std::string_view frame) {
  return Decompressor().decompress(frame);
}

Result<Digested> zstd_compress_file(const std::string& from, const std::string& to, int level) {
  Output file(to, 0644);
  if (!file.open()) return fail(system_error("create", to));
  Compressor context(ZSTD_createCCtx());
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  std::vector<char> buffer(ZSTD_CStreamOutSize());
  Sha256 digest;
  Digested out;
  std::int64_t stored = 0;
  bool written = true;
  auto feed = [&](std::string_view chunk, ZSTD_EndDirective end) {
    ZSTD_inBuffer input{chunk.data(), chunk.size(), 0};
    for (std::size_t left = 1;
         written && (input.pos < input.size || (end == ZSTD_e_end && left != 0));) {
      ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
      left = ZSTD_compressStream2(context.get(), &output, &input, end);
      written = !ZSTD_isError(left) && file.write({buffer.data(), output.pos});
      stored += static_cast<std::int64_t>(output.pos);
    }
  };
  TRY_VOID(read_chunks(from, [&](std::string_view chunk) {
    digest.add(chunk);
    out.size += static_cast<std::int64_t>(chunk.size());
    feed(chunk, ZSTD_e_continue);
  }));
  feed({}, ZSTD_e_end);
  if (!written || !file.finish(stored)) return fail(system_error("write", to));
  out.sha256 = digest.hex();
  return out;
}

Result<Digested> zstd_decompress_file(const std::string& from, const std::string& to,
                                      unsigned mode) {
  Output file(to, mode);
  if (!file.open()) return fail(system_error("create", to));
  bool written = true;
  Digested out = TRY(
      decompress(from, [&](std::string_view plain) { return written = file.write_sparse(plain); }));
  if (!written || !file.finish(out.size)) return fail(system_error("write", to));
  return out;
}

Result<Digested> zstd_digest_file(const std::string& from) {
  return decompress(from, [](std::string_view) { return true; });
}

}  // namespace hitz
