// SPDX-License-Identifier: Apache-2.0
#include "engine/base/source.h"

namespace hitz {

FileId Sources::add(std::string_view path) {
  if (auto found = ids_.find(path); found != ids_.end()) return found->second;
  FileId id = paths_.push(std::make_unique<std::string>(path));
  ids_.emplace(*paths_[id], id);
  return id;
}

const std::string& Sources::path(FileId id) const {
  static const std::string kNone;
  return id.valid() ? *paths_[id] : kNone;
}

std::string Sources::place(const Span& span) const {
  if (!span.file.valid()) return "";
  return path(span.file) + ":" + std::to_string(span.line);
}

}  // namespace hitz
