// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where text came from: files by id, and spans of them that travel with every statement.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/id.h"
#include "engine/base/result.h"

namespace hitz {

using FileId = Id<struct FileTag>;

/// A stretch of one file: bytes [first, last) and the 1-based line of the first byte.
struct Span {
  FileId file;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t line = 0;
};

/// Every file named in this process. Paths are absolute where the caller's are.
/// A file added twice keeps its id.
class Sources {
 public:
  /// The id of a path, without reading it.
  FileId add(std::string_view path);
  const std::string& path(FileId id) const;
  /// "path:line", or "" for a span of no file.
  std::string place(const Span& span) const;

 private:
  IdVector<FileId, std::unique_ptr<std::string>> paths_;
  std::unordered_map<std::string_view, FileId> ids_;
};

}  // namespace hitz
