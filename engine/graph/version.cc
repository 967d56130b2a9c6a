// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/version.h"

#include <cctype>
#include <string>
#include <tuple>
#include <vector>

namespace hitz::graph {

namespace {

// Orders: -1 "~", 0 a number or the end, 1 letters, 2 anything else.
struct Run {
  int order = 0;
  bool end = false;
  std::string text;  // numbers without leading zeros
};

Run next_run(std::string_view& rest) {
  if (rest.empty()) return {0, true, ""};
  auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  std::size_t length = 1;
  Run out;
  if (is_digit(rest[0])) {
    while (length < rest.size() && is_digit(rest[length])) ++length;
    std::string_view number = rest.substr(0, length);
    while (number.size() > 1 && number[0] == '0') number.remove_prefix(1);
    out = {0, false, std::string(number)};
  } else if (is_letter(rest[0])) {
    while (length < rest.size() && is_letter(rest[length])) ++length;
    out = {1, false, std::string(rest.substr(0, length))};
  } else {
    out = {rest[0] == '~' ? -1 : 2, false, std::string(rest.substr(0, 1))};
  }
  rest.remove_prefix(length);
  return out;
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    Run x = next_run(a), y = next_run(b);
    if (x.order != y.order) return x.order < y.order ? -1 : 1;
    if (x.end != y.end) return x.end ? -1 : 1;
    if (x.order == 0 && x.text.size() != y.text.size())
      return x.text.size() < y.text.size() ? -1 : 1;
    if (int c = x.text.compare(y.text); c != 0) return c < 0 ? -1 : 1;
  }
  return 0;
}

}  // namespace hitz::graph
