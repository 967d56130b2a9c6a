// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether Python code would be told the same of the system as it was. A question is a letter and an
// absolute path:
//
//   e  there                    l  there, be it a link that leads nowhere
//   f  there, a file            k  where a link leads to
//   d  there, a folder          r  the path without links
//   x  accessible: the mode's number stands before the path
//   s  mode, size and time      S  of a link itself
//
// or v and the name of a variable of the process, or V alone: the names of all of them; or c: what
// time it is. "" is the answer where there is none. python/hitz/witness.py notes both.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/recipe/local_files.h"

namespace hitz::recipe {

class Outside {
 public:
  /// Folders are read once, by files.
  explicit Outside(LocalFiles& files) : files_(files) {}
  /// Whether each answer of a list is given today; false as well when the bytes make no sense. What
  /// was asked of the environment is not asked but added to environment, with the answers.
  bool is_same(ByteReader& questions_and_answers, std::vector<std::string>& environment);
  std::optional<std::string> answer(std::string_view question);
  /// Whether what has been asked without files is as it was then.
  bool settled() const;
  /// The paths of that, each with the time of its last change before (0: not there).
  const std::unordered_map<std::string, std::int64_t>& looked() const { return asked_; }

 private:
  std::string without_links(const std::string& path, int depth);

  LocalFiles& files_;
  std::unordered_map<std::string, std::int64_t> asked_;  // by itself: when it had changed
  std::unordered_map<std::string, std::string> real_;    // folders without links
};

}  // namespace hitz::recipe
