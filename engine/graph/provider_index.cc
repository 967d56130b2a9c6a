// SPDX-License-Identifier: Apache-2.0
#include "engine/graph/provider_index.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/graph/providers.h"

namespace hitz::graph {

namespace {

constexpr std::string_view kSpecial = R"(.[]{}()\*+?^$|)";
constexpr std::string_view kNotBehind = "(?<!";

/// The characters an expression starts with that can only match themselves.
std::string literal_start(std::string_view expression) {
  if (expression.find('|') != std::string_view::npos) return "";
  if (!expression.empty() && expression[0] == '^') expression.remove_prefix(1);
  std::size_t size = std::min(expression.find_first_of(kSpecial), expression.size());
  bool quantified = size < expression.size() &&
                    std::string_view("*?{").find(expression[size]) != std::string_view::npos;
  return std::string(expression.substr(0, quantified && size > 0 ? size - 1 : size));
}

void offer(ProviderIndex::Names& names, std::string_view name, recipe::RecipeId id) {
  auto& recipes = names[name];
  if (recipes.empty() || recipes.back() != id) recipes.push_back(id);
}

void offer_packages(ProviderIndex& index, const recipe::Recipe& recipe) {
  for (const auto& name : recipe.rprovides) offer(index.runtime, name, recipe.id);
  for (const auto& [package, of_package] : recipe.packages) {
    offer(index.runtime, package, recipe.id);
    for (const auto& name : of_package.rprovides) offer(index.runtime, name, recipe.id);
  }
}

}  // namespace

Result<Pattern> Pattern::of(const std::string& text) {
  Pattern pattern;
  std::string expression = text;
  if (std::size_t at = text.rfind(kNotBehind); at != std::string::npos && text.ends_with(")$")) {
    std::string behind = text.substr(at + kNotBehind.size());
    behind.resize(behind.size() - 2);
    if (behind.find_first_of(kSpecial) == std::string::npos) {
      pattern.not_at_end_ = std::move(behind);
      expression = text.substr(0, at) + "$";
    }
  }
  pattern.prefix_ = literal_start(expression);
  try {  // the fence around std::regex, which can only report by throwing
    pattern.regex_ = std::regex(expression, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    return input_error("'" + text + "' is not a regular expression: " + error.what());
  }
  return pattern;
}

bool Pattern::matches_start_of(std::string_view text) const {
  if (!not_at_end_.empty() && text.ends_with(not_at_end_)) return false;
  return text.starts_with(prefix_) && std::regex_search(text.begin(), text.end(), regex_,
                                                        std::regex_constants::match_continuous);
}

ProviderIndex::ProviderIndex(const recipe::World& world, std::string_view multiconfig) {
  std::unordered_map<std::string_view, std::size_t> spellings;
  for (const auto& recipe : world.recipes) {
    if (recipe.skipped || multiconfig_of(recipe) != multiconfig) continue;
    offer(versions, recipe.pn, recipe.id);
    offer(build, recipe.pn, recipe.id);
    for (const auto& name : recipe.provides) offer(build, name, recipe.id);
    offer_packages(*this, recipe);
    for (const auto& expression : recipe.packages_dynamic) {
      auto [at, fresh] = spellings.emplace(expression, dynamic.size());
      if (fresh) dynamic.push_back({expression, {}, std::nullopt});
      dynamic[at->second].recipes.push_back(recipe.id);
    }
  }
}

Result<ProviderIndex::Recipes> ProviderIndex::at_run_time(std::string_view name) {
  if (auto found = runtime.find(name); found != runtime.end()) return found->second;
  Recipes out;
  for (auto& packages : dynamic) {
    if (!packages.pattern) {
      auto pattern = Pattern::of(replace_all(packages.expression, "+", "\\+"));
      if (!pattern) return fail(std::move(pattern.error().while_doing("in PACKAGES_DYNAMIC")));
      packages.pattern = std::move(*pattern);
    }
    if (!packages.pattern->matches_start_of(name)) continue;
    out.insert(out.end(), packages.recipes.begin(), packages.recipes.end());
  }
  return out;
}

}  // namespace hitz::graph
