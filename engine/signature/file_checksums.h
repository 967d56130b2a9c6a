// SPDX-License-Identifier: Apache-2.0
#pragma once
// The files that a task's file-checksums flag names, and their MD5; sums are kept for as long as a
// file looks the same.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"

namespace hitz::signature {

/// A file's path; within a folder that was named, "/./" stands where its own part begins.
struct FileChecksum {
  std::string path;
  std::string md5;
};

class FileChecksums {
 public:
  /// The entries "path:True" of a flag: files, folders with all that is in them, patterns with *.
  /// Folders named in left_out are passed by. Files that cannot be read are told to warn and left
  /// out. Sorted by checksum.
  Result<std::vector<FileChecksum>> of(std::string_view flag,
                                       const std::vector<std::string>& left_out,
                                       const std::function<void(const std::string&)>& warn);

  /// Sums of earlier runs: a line "md5 size mtime-in-ns inode path" each. A file that is not there
  /// or is not of this form is none.
  void load(const std::string& path);
  Result<void> save(const std::string& path) const;

 private:
  struct Known {
    std::uint64_t size = 0, mtime_ns = 0, inode = 0;
    std::string md5;
  };
  Result<std::string> md5(const std::string& path);

  std::unordered_map<std::string, Known> known_;
};

}  // namespace hitz::signature
