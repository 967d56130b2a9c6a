// SPDX-License-Identifier: Apache-2.0
// The recipes of a house: read, joined with their providers, looked up.

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <set>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/cli/house.h"
#include "engine/cli/identity.h"
#include "engine/signature/base_hash.h"

namespace hitz::cli {

Result<int> House::parse_processes() const {
  std::string text = TRY(configuration.store->text("BB_NUMBER_PARSE_THREADS"));
  if (text.empty()) return static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  int out = std::atoi(text.c_str());
  if (out <= 0)
    return input_error("BB_NUMBER_PARSE_THREADS must be a number above 0, not '" + text + "'");
  return out;
}

Result<recipe::ReadOptions> House::read_options(const layer::Configuration& of, Hashes hashes) {
  data::Store& config = *of.store;
  recipe::ReadOptions out;
  out.processes = TRY(parse_processes());
  std::string folder = TRY(kept_folder(of));
  std::string which = TRY(config.text("MACHINE")) + "\n" + TRY(config.text("DISTRO")) + "\n" +
                      TRY(config.text("BB_CURRENT_MC"));
  out.cache = folder + "/hitz-recipes." + sha256_hex(which).substr(0, 8) + ".sqlite";
  if (learned_) learned_->premises.add_path(out.cache);  // who parses wants it filled
  out.since_ns = reading_since_ns;
  out.findings = findings_.get();
  out.ahead = ahead_.get();
  out.premises = learned_ ? &learned_->premises : nullptr;
  const bool main = &of == &configuration;
  out.identity = TRY(identity_of(
      main ? code_identity_ : TRY(identity_of_code(installation, config, reading_since_ns)), config,
      reading_since_ns));
  out.log = events.get();
  out.hooks = fork_hooks();
  out.completing = hashes == Hashes::All ? recipe::ReadOptions::Completing::All
                                         : recipe::ReadOptions::Completing::Asked;
  out.complete = [this](recipe::Recipe& recipe, data::Store& d) -> Result<void> {
    signature::BaseHashes hashes(d, scanner);
    std::vector<std::string> tasks;
    for (const auto& task : recipe.tasks) tasks.push_back(task.name);
    auto all = TRY(hashes.of_all(tasks));
    for (std::size_t i = 0; i < all.size(); ++i) recipe.tasks[i].base_hash = std::move(all[i].hex);
    return {};
  };
  return out;
}

recipe::ForkHooks House::fork_hooks() {
  auto before = [this] {
    if (ahead_) ahead_->stop();       // its thread, which a fork lacks, must hold no lock
    python->module_function_names();  // found once here, not in every process
    python->before_fork();
  };
  return {before, [this] { python->after_fork_parent(); },
          [this] {
            ::signal(SIGINT, SIG_DFL);  // the parent has the terminal
            if (family.timing != nullptr) family.timing->restart();
            python->after_fork_child();
          }};
}

Result<void> House::read_recipes(Hashes hashes) {
  if (!findings_) TRY_VOID(open_findings());
  auto read = [&](const layer::Configuration& from) -> Result<recipe::World> {
    return recipe::read_world(from, *evaluator, *events, TRY(read_options(from, hashes)));
  };
  auto main = read(configuration);
  std::vector<recipe::World> others;
  for (const auto& multiconfig : configuration.multiconfigs) {
    auto other = read(multiconfig);
    if (other) {
      others.push_back(std::move(*other));
      continue;
    }
    other.error().while_doing("in the multiconfig " + multiconfig.multiconfig);
    if (!main) event::log(*events, event::Level::Error, main.error().text());
    main = fail(std::move(other.error()));
  }
  world = TRY(std::move(main));
  world->multiconfigs = std::move(others);
  if (texts_) texts_->save();
  providers = providers_of(*world);
  other_providers_.clear();
  for (const auto& other : world->multiconfigs) other_providers_.push_back(providers_of(other));
  return {};
}

namespace {

std::vector<recipe::Recipe*> recipes_of(const graph::TaskGraph& graph, recipe::World& world) {
  std::set<recipe::RecipeId> met;
  std::vector<recipe::Recipe*> out;
  for (const auto& node : graph.tasks) {
    if (met.insert(node.recipe).second) out.push_back(&world.recipes[node.recipe]);
  }
  return out;
}

}  // namespace

Result<void> House::begin_hashing(const graph::TaskGraph& graph) {
  if (!world->completion) return {};
  return world->completion->begin(recipes_of(graph, *world));
}

Result<void> House::hash_recipes(const graph::TaskGraph& graph) {
  const auto recipes = recipes_of(graph, *world);
  if (world->completion) TRY_VOID(world->completion->complete(recipes));
  for (auto& other : world->multiconfigs) {
    if (other.completion) TRY_VOID(other.completion->complete(recipes));
  }
  return {};
}

void House::join_multiconfigs() {
  if (world->multiconfigs.empty()) return;
  for (auto& other : world->multiconfigs) {
    for (auto& recipe : other.recipes) {
      recipe.id = recipe::RecipeId{static_cast<std::uint32_t>(world->recipes.size())};
      world->recipes.push(std::move(recipe));
    }
    other.recipes = {};
  }
  providers = providers_of(*world);
  other_providers_.clear();
  for (const auto& other : world->multiconfigs) {
    other_providers_.push_back(
        std::make_unique<graph::Providers>(*world, other.config, other.multiconfig));
    use_house(*other_providers_.back());
  }
}

std::vector<graph::Providers*> House::multiconfig_providers() const {
  std::vector<graph::Providers*> out;
  for (const auto& providers : other_providers_) out.push_back(providers.get());
  return out;
}

void House::keep_only(recipe::RecipeId id) {
  recipe::Recipe only = std::move(world->recipes[id]);
  only.depends.clear();
  only.rdepends.clear();
  only.rrecommends.clear();
  only.extra_depends.clear();
  for (auto& [name, package] : only.packages) {
    package.rdepends.clear();
    package.rrecommends.clear();
  }
  for (auto& task : only.tasks) task.depends.clear();
  only.id = recipe::RecipeId{0};
  world->recipes = {};
  world->recipes.push(std::move(only));
  assumed_.clear();
  providers = std::make_unique<graph::Providers>(*world);
}

std::unique_ptr<graph::Providers> House::providers_of(const recipe::World& of) {
  auto out = std::make_unique<graph::Providers>(of);
  use_house(*out);
  return out;
}

void House::use_house(graph::Providers& out) {
  for (const auto& name : assumed_) out.assume(name);
  out.use([this](const recipe::Recipe& recipe, const std::vector<std::string>& targets,
                 const std::vector<std::string>& all) -> Result<std::vector<std::string>> {
    return words(TRY(python->call("hitz.extra_depends", "calculate", nullptr,
                                  {recipe.extra_depends, recipe.pn, join(recipe.depends, "\n"),
                                   join(targets, "\n"), join(all, "\n")})));
  });
}

Result<House::Realm> House::realm(const std::string& multiconfig) {
  if (multiconfig.empty()) return Realm{&configuration, world ? &*world : nullptr, providers.get()};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < configuration.multiconfigs.size(); ++i) {
    const auto& other = configuration.multiconfigs[i];
    names.push_back(other.multiconfig);
    if (other.multiconfig == multiconfig)
      return Realm{&other, world ? &world->multiconfigs[i] : nullptr,
                   world ? other_providers_[i].get() : nullptr};
  }
  return input_error("the multiconfig '" + multiconfig + "' is not in BBMULTICONFIG" +
                     suggestion(multiconfig, names));
}

// A recipe of the very name comes first unless a preference says otherwise.
Result<void> House::read_recipe(const std::string& name) {
  std::string preferred = TRY(configuration.store->text("PREFERRED_PROVIDER_" + name));
  if (preferred.empty() || preferred == name) {
    recipe::ReadOptions options;
    options.only = name;
    options.premises = learned_ ? &learned_->premises : nullptr;
    world = TRY(recipe::read_world(configuration, *evaluator, *events, options));
    const auto& recipes = world->recipes;
    bool found = std::any_of(recipes.begin(), recipes.end(), [&](const recipe::Recipe& recipe) {
      return recipe.pn == name && !recipe.skipped;
    });
    providers = providers_of(*world);
    if (found) return {};
  }
  return read_recipes();
}

}  // namespace hitz::cli
