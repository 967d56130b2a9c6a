// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/tested_words.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/text.h"

namespace hitz::signature {

namespace {

using Code = std::vector<const data::CodeRefs*>;

// What several pieces of code test, together.
const std::map<std::string, std::set<std::string>>& contains_of(
    const Code& code, std::map<std::string, std::set<std::string>>& merged) {
  if (code.size() == 1) return code[0]->contains;
  for (const data::CodeRefs* one : code) {
    for (const auto& [variable, items] : one->contains)
      merged[variable].insert(items.begin(), items.end());
  }
  return merged;
}

}  // namespace

Result<std::string> with_tested_words(std::string value, const Code& code, data::Store& d,
                                      const std::function<bool(data::NameId)>& left_out) {
  std::map<std::string, std::set<std::string>> merged;
  for (const auto& [variable, items] : contains_of(code, merged)) {
    const data::NameId name = d.family().names->id(variable);
    if (left_out(name)) continue;
    auto list = words(TRY(d.text(variable)));
    for (const auto& item : items) {
      auto wanted = words(item);
      bool set = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
        return std::find(list.begin(), list.end(), word) != list.end();
      });
      value += "\n" + variable + "{" + item + "} = " + (set ? "Set" : "Unset");
    }
  }
  return value;
}

}  // namespace hitz::signature
