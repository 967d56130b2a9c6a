// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/dependency_rule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <string_view>
#include <unordered_map>

#include "engine/base/text.h"

namespace hitz::signature {

namespace {

using recipe::Recipe;

bool inherits(const Recipe& recipe, std::string_view name) {
  return std::any_of(recipe.inherits.begin(), recipe.inherits.end(),
                     [&](const std::string& file) { return file.find(name) != std::string::npos; });
}

bool is_native(const std::string& pn) {
  return pn.ends_with("-native");
}

bool runs_on_build_machine(const std::string& pn) {
  return is_native(pn) || pn.find("-cross-") != std::string::npos || pn.starts_with("nativesdk-");
}

bool is_kernel(const Recipe& recipe) {
  return inherits(recipe, "/module-base.bbclass") || inherits(recipe, "/linux-kernel-base.bbclass");
}

bool recommends_kernel_modules(const Recipe& recipe) {
  return std::any_of(recipe.packages.begin(), recipe.packages.end(), [](const auto& package) {
    return join(package.second.rrecommends, " ").find("kernel-module-") != std::string::npos;
  });
}

// The recipe behind a virtual name, as the configuration prefers it or as it is alone.
Result<std::string> provider_of(const std::string& name, const recipe::World& world) {
  if (!name.starts_with("virtual/")) return name;
  std::string preferred = TRY(world.config->text("PREFERRED_PROVIDER_" + name));
  if (!preferred.empty()) return preferred;
  for (const auto& recipe : world.recipes) {
    if (!recipe.skipped &&
        std::find(recipe.provides.begin(), recipe.provides.end(), name) != recipe.provides.end())
      return recipe.pn;
  }
  return name;
}

}  // namespace

// What the rules ask of a recipe's name and classes.
struct Kind {
  bool known = false, runs_on_build_machine = false, native = false, kernel = false, image = false;
  bool recommends_kernel_modules = false, allarch_packagegroup = false, same_abi = false;
};

struct DependencyRule::State {
  bool oe_core = false;
  std::unordered_map<const Recipe*, Kind> kinds;
  std::map<std::pair<const Recipe*, const Recipe*>, bool> safe_pairs;
  const Kind& kind(const Recipe& recipe);
  bool is_safe(const Recipe& recipe, const Recipe& dependency);
  std::set<std::string> same_abi;  // recipes
  std::set<std::string> safe;      // "recipe->dependency", "*->dependency"
  std::string pattern;
  std::optional<std::regex> ignored;
};

const Kind& DependencyRule::State::kind(const Recipe& recipe) {
  Kind& out = kinds[&recipe];
  if (out.known) return out;
  out.known = true;
  out.runs_on_build_machine = runs_on_build_machine(recipe.pn);
  out.native = is_native(recipe.pn);
  out.kernel = is_kernel(recipe);
  out.image = inherits(recipe, "/image.bbclass");
  out.recommends_kernel_modules = recommends_kernel_modules(recipe);
  out.allarch_packagegroup =
      inherits(recipe, "/packagegroup.bbclass") && inherits(recipe, "/allarch.bbclass");
  out.same_abi = same_abi.contains(recipe.pn);
  return out;
}

bool DependencyRule::State::is_safe(const Recipe& recipe, const Recipe& dependency) {
  if (safe.empty()) return false;
  auto [at, fresh] = safe_pairs.try_emplace({&recipe, &dependency}, false);
  if (fresh)
    at->second =
        safe.contains(recipe.pn + "->" + dependency.pn) || safe.contains("*->" + dependency.pn);
  return at->second;
}

DependencyRule::DependencyRule(std::unique_ptr<State> state) : state_(std::move(state)) {}
DependencyRule::~DependencyRule() = default;
DependencyRule::DependencyRule(DependencyRule&&) noexcept = default;
DependencyRule& DependencyRule::operator=(DependencyRule&&) noexcept = default;

Result<DependencyRule> DependencyRule::from(const recipe::World& world) {
  auto state = std::make_unique<State>();
  data::Store& d = *world.config;
  state->oe_core = TRY(d.text("BB_SIGNATURE_HANDLER")).starts_with("OE");
  for (const auto& name : words(TRY(d.text("SIGGEN_EXCLUDERECIPES_ABISAFE"))))
    state->same_abi.insert(TRY(provider_of(name, world)));
  for (const auto& pair : words(TRY(d.text("SIGGEN_EXCLUDE_SAFE_RECIPE_DEPS")))) {
    std::size_t arrow = pair.find("->");
    if (arrow == std::string::npos)
      return input_error("'" + pair +
                         "' in SIGGEN_EXCLUDE_SAFE_RECIPE_DEPS is not of the form a->b");
    state->safe.insert(TRY(provider_of(pair.substr(0, arrow), world)) + "->" +
                       TRY(provider_of(pair.substr(arrow + 2), world)));
  }
  if (!state->oe_core) {
    state->pattern = TRY(d.text("BB_TASKHASH_IGNORE_TASKS"));
    try {
      if (!state->pattern.empty()) state->ignored.emplace(state->pattern);
    } catch (const std::regex_error&) {
      return input_error("BB_TASKHASH_IGNORE_TASKS is not a regular expression: " + state->pattern);
    }
  }
  return DependencyRule(std::move(state));
}

DependencyRule DependencyRule::of_oe_core(const std::vector<std::string>& same_abi,
                                          const std::vector<std::string>& safe) {
  auto state = std::make_unique<State>();
  state->oe_core = true;
  state->same_abi = {same_abi.begin(), same_abi.end()};
  state->safe = {safe.begin(), safe.end()};
  return DependencyRule(std::move(state));
}

const std::string& DependencyRule::ignored_tasks() const {
  return state_->pattern;
}

bool DependencyRule::counts(const Recipe& recipe, const std::string& task, const Recipe& dependency,
                            const std::string& dependency_task) const {
  State& s = *state_;
  if (!s.oe_core) {
    return !s.ignored || std::regex_search(recipe.pn, *s.ignored) ||
           !std::regex_search(dependency.pn, *s.ignored);
  }
  if (task == "do_rm_work") return false;
  if (recipe.pn == dependency.pn)
    return task != "do_kernel_configme" || dependency_task != "do_unpack_and_patch";
  if (s.is_safe(recipe, dependency)) return false;
  const Kind& kind = s.kind(recipe);
  if (kind.runs_on_build_machine) return true;
  const Kind& other = s.kind(dependency);
  if (kind.allarch_packagegroup && !other.native) return false;
  if (other.same_abi && !kind.image) return false;
  return !other.kernel || kind.kernel || !kind.recommends_kernel_modules;
}

}  // namespace hitz::signature
