// SPDX-License-Identifier: Apache-2.0
#pragma once
// Code that is compiled from texts of metadata, kept between runs as Python keeps its own modules'.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/findings.h"
#include "python/object.h"

namespace hitz::python {

class KeptCode {
 public:
  /// What is compiled is looked up there first, and kept there; null for nowhere.
  void use(Findings* findings) { findings_ = findings; }
  /// The code of a file's part; its line numbers are the file's own. Null when it cannot be
  /// compiled: Python's exception says why.
  Object of(const std::string& text, std::string_view path, std::uint32_t line);
  /// Something else that was found out of what importing a text would do.
  std::optional<std::string> finding(const std::string& subject) const;
  void add_finding(const std::string& subject, std::string finding);
  /// How much there is to save: the bytes of the texts compiled, and a megabyte for each finding.
  std::size_t fresh() const { return fresh_; }

 private:
  Object kept(const std::string& key) const;
  Object made(const std::string& text, const std::string& path, const std::string& key);
  Findings* findings_ = nullptr;
  std::size_t fresh_ = 0;
  std::unordered_map<std::string, Object> known_;
};

}  // namespace hitz::python
