// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/signature/sigdata.h"

namespace hitz::signature {

namespace {

using Lines = std::vector<std::string>;
using Pairs = std::map<std::string, std::string>;

constexpr std::size_t kLargestDiff = 4000000;  // cells of the table below

// Lines or words of one text that the other has not: "-" and "+", what both share between.
// Longest common subsequence; texts too large for its table are shown whole.
Lines changes(const Lines& before, const Lines& after) {
  Lines out;
  std::size_t n = before.size(), m = after.size();
  bool small = (n + 1) * (m + 1) <= kLargestDiff;
  std::vector<std::uint32_t> longest(small ? (n + 1) * (m + 1) : 0);
  auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
    return longest[i * (m + 1) + j];
  };
  for (std::size_t i = small ? n : 0; i-- > 0;) {
    for (std::size_t j = m; j-- > 0;)
      at(i, j) =
          before[i] == after[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }
  std::size_t i = 0, j = 0;
  while (i < n || j < m) {
    if (small && i < n && j < m && before[i] == after[j]) {
      ++i, ++j;
    } else if (i < n && (!small || j == m || at(i + 1, j) >= at(i, j + 1))) {
      out.push_back("-" + before[i++]);
    } else {
      out.push_back("+" + after[j++]);
    }
  }
  return out;
}

std::string indented(const Lines& lines) {
  std::string out;
  for (const auto& line : lines) out += "\n  " + line;
  return out;
}

std::string changed_value(const std::string& name, const std::optional<std::string>& before,
                          const std::optional<std::string>& after) {
  if (!before) return name + " was not set and is now '" + *after + "'";
  if (!after) return name + " was '" + *before + "' and is no longer set";
  bool long_text =
      before->find('\n') != std::string::npos || after->find('\n') != std::string::npos;
  if (long_text)
    return name + " changed:" + indented(changes(split(*before, '\n'), split(*after, '\n')));
  auto old_words = words(*before), new_words = words(*after);
  if (old_words == new_words)
    return name + " changed in its blanks, from '" + *before + "' to '" + *after + "'";
  if (old_words.size() > 4 || new_words.size() > 4)
    return name + " changed in these words: " + join(changes(old_words, new_words), " ");
  return name + " changed from '" + *before + "' to '" + *after + "'";
}

void explain_values(const SignatureData& before, const SignatureData& after, Lines& out) {
  for (const auto& [name, value] : after.values) {
    auto old = before.values.find(name);
    if (old == before.values.end()) {
      out.push_back(name + " now counts" + (value ? ": '" + *value + "'" : ", yet is not set"));
    } else if (old->second != value) {
      out.push_back(changed_value(name, old->second, value));
    }
  }
  for (const auto& [name, value] : before.values) {
    if (!after.values.contains(name)) out.push_back(name + " no longer counts");
  }
}

// Who brought in or dropped what: the names whose direct dependencies differ.
void explain_dependencies(const SignatureData& before, const SignatureData& after, Lines& out) {
  for (const auto& [name, now] : after.dependencies) {
    auto found = before.dependencies.find(name);
    if (found == before.dependencies.end() || found->second == now) continue;
    Lines old_names(found->second.begin(), found->second.end()), new_names(now.begin(), now.end());
    out.push_back(name + " refers to others: " + join(changes(old_names, new_names), " "));
  }
}

void explain_pairs(const std::string& what, const Pairs& before, const Pairs& after, Lines& out) {
  for (const auto& [name, hash] : after) {
    auto old = before.find(name);
    if (old == before.end()) {
      out.push_back(what + " " + name + " is new");
    } else if (old->second != hash) {
      out.push_back(what + " " + name + " changed from " + old->second + " to " + hash);
    }
  }
  for (const auto& [name, hash] : before) {
    if (!after.contains(name)) out.push_back(what + " " + name + " is gone");
  }
}

// Files may share a name: their sums are told together.
Pairs by_name(const std::vector<std::pair<std::string, std::string>>& files) {
  std::map<std::string, std::multiset<std::string>> sums;
  for (const auto& [name, sum] : files) sums[name].insert(sum);
  Pairs out;
  for (const auto& [name, all] : sums) out[name] = join(Lines(all.begin(), all.end()), "+");
  return out;
}

std::string taint_text(const std::optional<std::string>& taint) {
  if (!taint) return "none";
  return taint->starts_with("nostamp:") ? "that of a task that always runs" : "'" + *taint + "'";
}

}  // namespace

std::vector<std::string> explain(const SignatureData& before, const SignatureData& after) {
  Lines out;
  explain_values(before, after, out);
  explain_dependencies(before, after, out);
  if (before.run && after.run) {
    explain_pairs("file", by_name(before.run->files), by_name(after.run->files), out);
    explain_pairs("task", before.run->hashes, after.run->hashes, out);
  }
  if (before.taint != after.taint)
    out.push_back("the taint of a forced run changed from " + taint_text(before.taint) + " to " +
                  taint_text(after.taint));
  return out;
}

}  // namespace hitz::signature
