// SPDX-License-Identifier: Apache-2.0
#include "python/literal_call.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/base/text.h"

namespace hitz::python {

namespace {

struct Name {
  std::string_view name;
  LiteralCall::Function function;
  std::size_t texts;
};
constexpr std::array<Name, 3> kNames = {
    {{"bb.utils.contains", LiteralCall::Function::Contains, 4},
     {"bb.utils.contains_any", LiteralCall::Function::ContainsAny, 4},
     {"bb.utils.filter", LiteralCall::Function::Filter, 2}}};

void skip_blanks(std::string_view& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
}

bool skip(std::string_view& text, char wanted) {
  skip_blanks(text);
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

/// One string literal without escapes, that no other literal follows.
std::optional<std::string_view> literal(std::string_view& text) {
  skip_blanks(text);
  if (text.empty() || (text.front() != '\'' && text.front() != '"')) return std::nullopt;
  const char quote = text.front();
  const std::size_t end = text.find(quote, 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view content = text.substr(1, end - 1);
  if (content.find_first_of("\\\n") != std::string_view::npos) return std::nullopt;
  text.remove_prefix(end + 1);
  skip_blanks(text);
  return text.empty() || text.front() != ',' ? std::nullopt : std::optional(content);
}

std::set<std::string> word_set(std::string_view text) {
  const std::vector<std::string> all = words(text);
  return {all.begin(), all.end()};
}

}  // namespace

std::optional<LiteralCall> literal_call(std::string_view expression) {
  std::string_view rest = trim(expression);
  const std::size_t open = rest.find('(');
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view callee = rest.substr(0, open);
  const auto* name = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const Name& each) { return each.name == callee; });
  if (name == kNames.end()) return std::nullopt;
  rest.remove_prefix(open + 1);
  std::array<std::string_view, 4> texts;
  for (std::size_t at = 0; at < name->texts; ++at) {
    const auto text = literal(rest);
    if (!text || !skip(rest, ',')) return std::nullopt;
    texts[at] = *text;
  }
  if (!skip(rest, 'd') || !skip(rest, ')') || !rest.empty()) return std::nullopt;
  return LiteralCall{name->function, texts[0], texts[1], texts[2], texts[3]};
}

std::string answer_of(const LiteralCall& call, std::string_view value) {
  const bool filter = call.function == LiteralCall::Function::Filter;
  if (value.empty()) return filter ? std::string() : std::string(call.no);
  const std::set<std::string> present = word_set(value);
  const std::set<std::string> wanted = word_set(call.words);
  std::vector<std::string> common;
  std::set_intersection(wanted.begin(), wanted.end(), present.begin(), present.end(),
                        std::back_inserter(common));
  if (filter) return join(common, " ");
  const bool yes = call.function == LiteralCall::Function::Contains ? common.size() == wanted.size()
                                                                    : !common.empty();
  return std::string(yes ? call.yes : call.no);
}

}  // namespace hitz::python
