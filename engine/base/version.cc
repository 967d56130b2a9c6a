// SPDX-License-Identifier: Apache-2.0
#include "engine/base/version.h"

#include <algorithm>

namespace hitz {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// One run of a version; rank orders kinds: ~, then numbers and the end, letters, the rest.
struct Run {
  int rank = 0;
  bool end = true;
  std::string_view text;
};

Run take_run(std::string_view& rest) {
  if (rest.empty()) return {};
  auto cut = [&](int rank, auto belongs) {
    auto size = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), belongs) -
                                         rest.begin());
    Run run{rank, false, rest.substr(0, size)};
    rest.remove_prefix(size);
    return run;
  };
  if (is_digit(rest[0])) {
    Run number = cut(0, is_digit);
    number.text.remove_prefix(std::min(number.text.find_first_not_of('0'), number.text.size()));
    return number;
  }
  if (is_letter(rest[0])) return cut(1, is_letter);
  Run run{rest[0] == '~' ? -1 : 2, false, rest.substr(0, 1)};
  rest.remove_prefix(1);
  return run;
}

int compare_runs(const Run& a, const Run& b) {
  if (a.rank != b.rank) return a.rank < b.rank ? -1 : 1;
  if (a.end || b.end) return static_cast<int>(b.end) - static_cast<int>(a.end);
  if (a.rank == 0 && a.text.size() != b.text.size()) return a.text.size() < b.text.size() ? -1 : 1;
  return a.text.compare(b.text);
}

}  // namespace

int compare_version_parts(std::string_view a, std::string_view b) {
  for (;;) {
    Run from_a = take_run(a);
    Run from_b = take_run(b);
    if (from_a.end && from_b.end) return 0;
    if (int order = compare_runs(from_a, from_b); order != 0) return order;
  }
}

int compare_versions(const Version& a, const Version& b) {
  auto epoch = [](const Version& v) { return v.epoch.empty() ? std::string_view("0") : v.epoch; };
  if (int order = compare_version_parts(epoch(a), epoch(b)); order != 0) return order;
  if (int order = compare_version_parts(a.version, b.version); order != 0) return order;
  return compare_version_parts(a.revision, b.revision);
}

}  // namespace hitz
