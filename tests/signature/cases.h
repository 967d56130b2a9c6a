// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cases of a corpus: a line "====" and a title, the input, then sections that begin with a line
// "----" and perhaps a name. The last newline of a part is not part of it.

#include <map>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "tests/support/catch.h"

namespace hitz::tests {

struct Case {
  std::string title;
  std::string input;
  std::map<std::string, std::string> sections;
  /// What is expected of a release: its own section, or the one without a name.
  const std::string& expected(const std::string& release) const {
    auto own = sections.find(release);
    return own != sections.end() ? own->second : sections.at("");
  }
};

inline std::vector<Case> read_cases(const std::string& path) {
  std::vector<Case> out;
  std::string* part = nullptr;
  bool first = true;
  std::string text = need(read_file(path));
  if (text.ends_with('\n')) text.pop_back();
  for (const auto& line : split(text, '\n')) {
    if (line.starts_with("====")) {
      out.push_back({std::string(trim(std::string_view(line).substr(4))), {}, {}});
      part = &out.back().input;
      first = true;
    } else if (line.starts_with("----") && part != nullptr) {
      part = &out.back().sections[std::string(trim(std::string_view(line).substr(4)))];
      first = true;
    } else if (part != nullptr) {
      if (!first) *part += '\n';
      *part += line;
      first = false;
    }
  }
  return out;
}

inline std::string corpus(const std::string& name) {
  return std::string(HITZ_SOURCE_ROOT) + "/tests/corpus/" + name;
}

}  // namespace hitz::tests
