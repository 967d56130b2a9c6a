// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words of execution, in the Remote Execution API's terms, and the interfaces that caches and
// runners implement.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace hitz::action {

/// Names a blob: SHA-256 in lower-case hex, and its size in bytes.
struct Digest {
  std::string hash;
  std::int64_t size = 0;
  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

/// The name of an action's result: SHA-256 over everything that decides its outputs.
struct ActionKey {
  std::string hash;
  friend bool operator==(const ActionKey&, const ActionKey&) = default;
};

/// One file, link or folder of an output tree; paths are relative to the output's root, "" for a
/// root that is a file.
struct OutputNode {
  enum class Type { File, Link, Folder } type = Type::File;
  std::string path;
  Digest digest;              // of a file
  std::string target;         // of a link
  unsigned mode = 0644;       // permission bits
  std::int64_t mtime_ns = 0;  // since the epoch
};

/// One declared output of a task; its path relative to the build directory's tmp
/// ("deploy/images/x/bzImage").
struct Output {
  std::string path;
  std::vector<OutputNode> nodes;  // sorted by path
};

struct ActionResult {
  std::vector<Output> outputs;
  std::string task;          // "busybox do_package", for people
  std::int64_t took_ms = 0;  // of the run that made it
};

class Cas {
 public:
  virtual ~Cas() = default;
  virtual Result<Digest> put_file(const std::string& path) = 0;
  virtual Result<Digest> put(std::string_view bytes) = 0;
  virtual bool has(const Digest& digest) = 0;
  virtual Result<std::string> get(const Digest& digest) = 0;
  /// Writes the blob as a new file with the mode; whatever was there is replaced.
  virtual Result<void> get_file(const Digest& digest, const std::string& path, unsigned mode) = 0;
};

class ActionCache {
 public:
  virtual ~ActionCache() = default;
  /// The result recorded for a key; nullopt when there is none or a blob of it is gone.
  virtual Result<std::optional<ActionResult>> find(const ActionKey& key) = 0;
  virtual Result<void> record(const ActionKey& key, const ActionResult& result) = 0;
};

}  // namespace hitz::action
