// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/truth.h"

#include <algorithm>
#include <cctype>

namespace hitz::signature {

namespace {

std::string listed(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "'" : ", '") + item + "'";
  return "[" + out + "]";
}

}  // namespace

std::optional<std::string> text_or_none(data::Value value) {
  if (auto* text = std::get_if<std::string>(&value)) return std::move(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "True" : "False";
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) return listed(*items);
  return std::nullopt;
}

Result<bool> truth_of(const data::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number != 0;
  if (const bool* truth = std::get_if<bool>(&value)) return *truth;
  const std::string* text = data::text_of(value);
  if (text == nullptr || text->empty()) return false;
  std::string lower = *text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (std::string_view yes : {"y", "yes", "1", "true"}) {
    if (lower == yes) return true;
  }
  for (std::string_view no : {"n", "no", "0", "false"}) {
    if (lower == no) return false;
  }
  return input_error("'" + *text + "' is neither yes nor no");
}

Result<std::vector<std::string>> exported_names(data::Store& d) {
  std::vector<std::string> out;
  for (auto& name : d.list("__exportlist")) {
    if (name.starts_with("__") || !TRY(truth_of(TRY(d.get_flag(name, "export"))))) continue;
    if (!TRY(truth_of(TRY(d.get_flag(name, "unexport"))))) out.push_back(std::move(name));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace hitz::signature
