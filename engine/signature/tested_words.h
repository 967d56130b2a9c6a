// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words that code tests variables for (bb.utils.contains and kin), as hashes take them.

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/data/store.h"

namespace hitz::signature {

/// Of one recipe, whose variables many pieces of code test.
class TestedWords {
 public:
  explicit TestedWords(data::Store& d) : d_(d) {}
  /// value, and behind it each tested word of each tested variable as a line that says whether it
  /// is there: code with the same answers has the same hash.
  Result<std::string> with(std::string value, const std::vector<const data::CodeRefs*>& code,
                           const std::function<bool(data::NameId)>& left_out);

 private:
  struct List {
    std::string text;
    std::vector<std::string> words;
  };
  Result<const std::vector<std::string>*> words_of(data::NameId variable);
  data::Store& d_;
  std::unordered_map<std::uint32_t, List> lists_;  // by variable
};

}  // namespace hitz::signature
