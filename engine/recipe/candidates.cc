// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/candidates.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/recipe/halves.h"

namespace hitz::recipe {

namespace {

constexpr std::string_view kAdding[] = {":append", ":prepend", ":remove"};

/// What a file says that bears on PN: how far each PN that it writes is literal, and what it reads.
struct Facts {
  std::vector<std::string> written;  // the start of each value, up to what is to be expanded
  std::vector<std::string> included;
  bool asked = false;  // it bears on the search
};

/// "busybox" and "1.37.0" of busybox_1.37.0.bb.
std::pair<std::string, std::string> parts_of(const std::string& path) {
  std::string name = base_name(path);
  name = name.substr(0, name.rfind('.'));
  auto parts = split(name, '_');
  return {parts[0], parts.size() > 1 ? parts[1] : ""};
}

/// Whether what stands between a name and its operator is nothing, or overrides that replace the
/// whole value.
bool is_plain_override(std::string_view text) {
  return text.empty() ||
         (text.starts_with(':') && text.find_first_of("$[. \t") == std::string_view::npos &&
          std::none_of(std::begin(kAdding), std::end(kAdding), [&](std::string_view word) {
            return text.find(word) != std::string_view::npos;
          }));
}

/// The literal start of what a line gives to PN; nullopt when it gives it nothing.
std::optional<std::string> value_of_pn(std::string_view line) {
  if (line.find("setVar") != std::string_view::npos &&
      (line.find("\"PN\"") != std::string_view::npos ||
       line.find("'PN'") != std::string_view::npos))
    return "";
  line = trim(line);
  if (!line.starts_with("PN") || line.size() < 3 ||
      std::string_view(" \t:?+.=").find(line[2]) == std::string_view::npos)
    return std::nullopt;
  std::size_t quote = line.find_first_of("\"'");
  if (quote == std::string_view::npos) return "";
  std::string_view before = trim(line.substr(2, quote - 2));
  std::size_t operation = before.find_last_not_of(":?=");
  operation = operation == std::string_view::npos ? 0 : operation + 1;
  std::string_view overrides = trim(before.substr(0, operation));
  // Whatever is added to a PN that stands elsewhere may become anything.
  if (!std::set<std::string_view>{"=", "?=", "\?\?=", ":="}.contains(before.substr(operation)) ||
      !is_plain_override(overrides))
    return "";
  line.remove_prefix(quote + 1);
  return std::string(line.substr(0, line.find_first_of("$\"'\\")));
}

Facts read_facts(const std::string& path) {
  Facts out;
  std::string text = read_file(path).value_or("");
  std::string_view rest(text);
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find("PN") != std::string_view::npos) {
      if (auto start = value_of_pn(line)) out.written.push_back(std::move(*start));
    }
    if (line.starts_with("require ") || line.starts_with("include "))
      for (auto& word : words(line.substr(8))) out.included.push_back(std::move(word));
  }
  return out;
}

class Search {
 public:
  Search(const std::string& name, const std::string& bbpath, Premises* premises)
      : name_(name), bbpath_(bbpath), premises_(premises) {}

  /// Most of the files will be asked.
  void read(const std::vector<RecipeFile>& files) {
    std::vector<Facts> facts(files.size());
    in_two_threads(files.size(), [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) facts[i] = read_facts(files[i].path);
    });
    for (std::size_t i = 0; i < files.size(); ++i) known_.emplace(files[i].path, std::move(facts[i]));
  }

  bool may_make(const RecipeFile& file) {
    auto [pn, version] = parts_of(file.path);
    if (by_file_name(pn)) return true;
    std::unordered_set<std::string> seen;
    if (writes(file.path, pn, version, seen)) return true;
    for (const auto& append : file.appends) {
      if (writes(append, pn, version, seen)) return true;
    }
    return false;
  }

 private:
  // busybox, busybox-native, nativesdk-busybox, lib32-busybox.
  bool by_file_name(const std::string& pn) const {
    std::size_t at = name_.find(pn);
    for (; at != std::string::npos; at = name_.find(pn, at + 1)) {
      std::size_t end = at + pn.size();
      if ((at == 0 || name_[at - 1] == '-') && (end == name_.size() || name_[end] == '-'))
        return true;
    }
    return false;
  }

  bool writes(const std::string& path, const std::string& pn, const std::string& version,
              std::unordered_set<std::string>& seen) {
    if (!seen.insert(path).second) return false;
    const Facts& facts = facts_of(path);
    for (const auto& start : facts.written) {
      if (name_.starts_with(start)) return true;
    }
    for (std::string included : facts.included) {
      for (const char* variable : {"${PN}", "${BPN}"})
        included = replace_all(std::move(included), variable, pn);
      included = replace_all(std::move(included), "${PV}", version);
      std::string found = find(included, parent_of(path));
      if (!found.empty() && writes(found, pn, version, seen)) return true;
    }
    return false;
  }

  std::string find(const std::string& name, const std::string& folder) const {
    if (std::string path = join_path(folder, name); is_there(path)) return path;
    for (const auto& place : split(bbpath_, ':')) {
      if (std::string path = join_path(place, name); is_there(path)) return path;
    }
    return "";
  }

  bool is_there(const std::string& path) const {
    if (premises_ != nullptr) premises_->add_path(path);
    return exists(path);
  }

  const Facts& facts_of(const std::string& path) {
    auto known = known_.find(path);
    if (known == known_.end()) known = known_.emplace(path, read_facts(path)).first;
    if (!std::exchange(known->second.asked, true) && premises_ != nullptr)
      premises_->add_path(path);
    return known->second;
  }

  const std::string& name_;
  const std::string& bbpath_;
  Premises* premises_;
  std::unordered_map<std::string, Facts> known_;
};

}  // namespace

std::unordered_set<std::string> candidates(const std::vector<RecipeFile>& files,
                                           const std::string& name, const std::string& bbpath,
                                           Premises* premises) {
  Search search(name, bbpath, premises);
  std::unordered_set<std::string> out;
  search.read(files);
  for (const auto& file : files) {
    if (search.may_make(file)) out.insert(file.path);
  }
  return out;
}

}  // namespace hitz::recipe
