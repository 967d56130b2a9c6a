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

// A variable is read each time, since reading may change what it is; its words are kept by its
// text.
Result<const std::vector<std::string>*> TestedWords::words_of(data::NameId variable) {
  std::string text = TRY(d_.text(variable));
  auto [known, fresh] = lists_.try_emplace(variable.value);
  List& list = known->second;
  if (fresh || list.text != text) list = {text, words(text)};
  return &list.words;
}

Result<std::string> TestedWords::with(std::string value, const Code& code,
                                      const std::function<bool(data::NameId)>& left_out) {
  std::map<std::string, std::set<std::string>> merged;
  for (const auto& [variable, items] : contains_of(code, merged)) {
    const data::NameId name = d_.family().names->id(variable);
    if (left_out(name)) continue;
    const std::vector<std::string>& list = *TRY(words_of(name));
    for (const auto& item : items) {
      auto wanted = words(item);
      bool set = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
        return std::find(list.begin(), list.end(), word) != list.end();
      });
      value.append("\n").append(variable).append("{").append(item);
      value += set ? "} = Set" : "} = Unset";
    }
  }
  return value;
}

}  // namespace hitz::signature
