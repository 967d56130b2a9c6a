// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/collect.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::recipe {

namespace {

struct Found {
  std::string path;
  int priority = 0;
  std::string layer;
};

// The layer of a path: the first whose pattern matches, patterns tried in reverse order of their
// text.
std::pair<int, std::string> layer_of(
    const std::string& path,
    const std::vector<std::pair<std::regex, const layer::Layer*>>& patterns) {
  for (const auto& [pattern, layer] : patterns) {
    if (std::regex_search(path, pattern, std::regex_constants::match_continuous))
      return {layer->priority, layer->name};
  }
  return {0, ""};
}

Result<std::vector<std::pair<std::regex, const layer::Layer*>>> patterns_of(
    const layer::Configuration& configuration) {
  std::vector<const layer::Layer*> layers;
  for (const auto& layer : configuration.layers) {
    if (!layer.pattern.empty()) layers.push_back(&layer);
  }
  std::sort(layers.begin(), layers.end(),
            [](const auto* a, const auto* b) { return a->pattern > b->pattern; });
  std::vector<std::pair<std::regex, const layer::Layer*>> out;
  for (const auto* layer : layers) {
    try {  // std::regex has no other way to say that a pattern is broken
      out.emplace_back(std::regex(layer->pattern), layer);
    } catch (const std::regex_error&) {
      return input_error("BBFILE_PATTERN_" + layer->name +
                         " is not a regular expression: " + layer->pattern);
    }
  }
  return out;
}

void add_folder(const std::string& folder, std::vector<std::string>& out) {
  std::error_code code;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, code)) {
    std::string path = entry.path().string();
    if (path.ends_with(".bb") || path.ends_with(".bbappend")) out.push_back(path);
  }
  std::sort(out.begin(), out.end());
}

Result<std::vector<Found>> candidates(const layer::Configuration& configuration) {
  auto patterns = TRY(patterns_of(configuration));
  std::vector<Found> out;
  std::vector<std::string> seen;
  for (const auto& pattern : words(TRY(configuration.store->text("BBFILES")))) {
    std::vector<std::string> paths;
    if (is_folder(pattern)) {
      add_folder(pattern, paths);
    } else {
      paths = glob_paths(pattern);
    }
    for (auto& path : paths) {
      if (std::find_if(out.begin(), out.end(), [&](const Found& f) { return f.path == path; }) !=
          out.end())
        continue;
      auto [priority, layer] = layer_of(path, patterns);
      out.push_back({std::move(path), priority, std::move(layer)});
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Found& a, const Found& b) { return a.priority < b.priority; });
  return out;
}

Result<std::vector<std::regex>> masks(const layer::Configuration& configuration) {
  std::vector<std::regex> out;
  for (auto mask : words(TRY(configuration.store->text("BBMASK")))) {
    if (mask.starts_with('|')) mask.erase(0, 1);
    try {
      out.emplace_back(mask);
    } catch (const std::regex_error&) {
      return input_error("BBMASK holds what is not a regular expression: " + mask);
    }
  }
  return out;
}

// "busybox_%" takes every version; a plain name its own.
bool append_matches(const std::string& append, const std::string& recipe) {
  std::string stem =
      base_name(append).substr(0, base_name(append).size() - std::string_view(".bbappend").size());
  std::string name =
      base_name(recipe).substr(0, base_name(recipe).size() - std::string_view(".bb").size());
  std::size_t wild = stem.find('%');
  if (wild == std::string::npos) return stem == name;
  return name.starts_with(stem.substr(0, wild));
}

class Reading {
 public:
  explicit Reading(data::Store& d) : d_(d) {}
  Result<std::string> text(const std::string& name) { return d_.text(name); }
  Result<std::vector<std::string>> list(const std::string& name) {
    return words(TRY(d_.text(name)));
  }
  Result<std::vector<std::string>> deps(const std::string& name) {
    return explode_deps(TRY(d_.text(name)));
  }
  Result<std::vector<std::string>> flag(const std::string& task, std::string_view flag) {
    data::Value value = TRY(d_.get_flag(task, flag));
    const std::string* text = data::text_of(value);
    return text != nullptr ? words(*text) : std::vector<std::string>();
  }

  Result<Task> task(const std::string& name) {
    Task out;
    out.name = name;
    out.predecessors = eval::Evaluator::predecessors(name, d_);
    out.depends = TRY(flag(name, "depends"));
    out.rdepends = TRY(flag(name, "rdepends"));
    out.deptask = TRY(flag(name, "deptask"));
    out.rdeptask = TRY(flag(name, "rdeptask"));
    out.recrdeptask = TRY(flag(name, "recrdeptask"));
    out.recideptask = TRY(flag(name, "recideptask"));
    out.mcdepends = TRY(flag(name, "mcdepends"));
    out.nostamp = d_.has_flag(name, "nostamp");
    out.noexec = d_.has_flag(name, "noexec");
    return out;
  }

  Result<void> packages(Recipe& recipe) {
    recipe.packages_dynamic = TRY(list("PACKAGES_DYNAMIC"));
    recipe.rdepends = TRY(deps("RDEPENDS"));
    recipe.rrecommends = TRY(deps("RRECOMMENDS"));
    recipe.rprovides = TRY(deps("RPROVIDES"));
    for (const auto& name : TRY(list("PACKAGES"))) {
      Package& package = recipe.packages[name];
      package.rdepends = TRY(deps("RDEPENDS:" + name));
      package.rrecommends = TRY(deps("RRECOMMENDS:" + name));
      package.rprovides = TRY(deps("RPROVIDES:" + name));
    }
    return {};
  }

 private:
  data::Store& d_;
};

Result<Recipe> recipe_of(const RecipeFile& file, const eval::Variant& variant) {
  Recipe out;
  Reading read(*variant.store);
  out.file = file.path;
  out.variant = variant.name;
  out.virtual_file = variant.name.empty() ? file.path : "virtual:" + variant.name + ":" + file.path;
  out.appends = file.appends;
  out.layer = file.layer;
  out.priority = file.priority;
  out.skipped = variant.outcome.skipped;
  out.pn = TRY(read.text("PN"));
  out.pe = TRY(read.text("PE"));
  out.pv = TRY(read.text("PV"));
  out.pr = TRY(read.text("PR"));
  out.provides = TRY(read.list("PROVIDES"));
  if (std::find(out.provides.begin(), out.provides.end(), out.pn) == out.provides.end())
    out.provides.push_back(out.pn);
  TRY_VOID(read.packages(out));
  if (out.skipped) return out;
  out.default_preference = std::atoi(TRY(read.text("DEFAULT_PREFERENCE")).c_str());
  out.depends = TRY(read.deps("DEPENDS"));
  out.inherits = variant.store->list("__inherit_cache");
  out.stamp = TRY(read.text("STAMP"));
  std::string excluded = TRY(read.text("EXCLUDE_FROM_WORLD"));
  out.exclude_from_world = excluded == "1" || excluded == "yes" || excluded == "true";
  for (const auto& name : variant.store->list("__BBTASKS"))
    out.tasks.push_back(TRY(read.task(TRY(variant.store->expand(name)))));
  out.store = variant.store;
  return out;
}

}  // namespace

const Task* Recipe::task(std::string_view name) const {
  auto found =
      std::find_if(tasks.begin(), tasks.end(), [&](const Task& task) { return task.name == name; });
  return found != tasks.end() ? &*found : nullptr;
}

std::vector<std::string> explode_deps(std::string_view text) {
  std::string plain;
  int depth = 0;
  for (char c : text) {
    if (c == '(') ++depth;
    if (depth == 0) plain += c == ',' ? ' ' : c;
    if (c == ')' && depth > 0) --depth;
  }
  return words(plain);
}

Result<Files> collect_files(const layer::Configuration& configuration) {
  Files out;
  auto mask = TRY(masks(configuration));
  std::vector<Found> appends;
  std::map<std::string, std::size_t> by_name;  // file name -> index in out.recipes
  for (auto& found : TRY(candidates(configuration))) {
    if (std::any_of(mask.begin(), mask.end(),
                    [&](const std::regex& m) { return std::regex_search(found.path, m); })) {
      out.masked.push_back(found.path);
      continue;
    }
    if (found.path.ends_with(".bbappend")) {
      appends.push_back(std::move(found));
      continue;
    }
    if (!found.path.ends_with(".bb")) continue;
    RecipeFile recipe{found.path, {}, found.layer, found.priority};
    auto [at, fresh] = by_name.emplace(base_name(found.path), out.recipes.size());
    if (fresh) {
      out.recipes.push_back(std::move(recipe));
    } else {
      out.overlayed.push_back(out.recipes[at->second].path);
      out.recipes[at->second] = std::move(recipe);
    }
  }
  for (const auto& append : appends) {
    bool used = false;
    for (auto& recipe : out.recipes) {
      if (!append_matches(append.path, recipe.path)) continue;
      recipe.appends.push_back(append.path);
      used = true;
    }
    if (!used)
      return input_error("No recipes in the layers match " + append.path +
                         ": an append needs a recipe to append to");
  }
  std::sort(out.recipes.begin(), out.recipes.end(),
            [](const RecipeFile& a, const RecipeFile& b) { return a.path < b.path; });
  return out;
}

Result<std::vector<Recipe>> evaluate(const RecipeFile& file, data::Store& base,
                                     eval::Evaluator& evaluator) {
  std::vector<Recipe> out;
  auto variants = evaluator.recipe(file.path, file.appends, base);
  if (!variants) return fail(std::move(variants.error().while_doing("while parsing " + file.path)));
  for (const auto& variant : *variants) {
    auto recipe = recipe_of(file, variant);
    if (!recipe)
      return fail(
          std::move(recipe.error().while_doing("while reading the variables of " + file.path)));
    out.push_back(std::move(*recipe));
  }
  return out;
}

Result<World> read_world(const layer::Configuration& configuration, eval::Evaluator& evaluator,
                         event::EventSink& events) {
  World world;
  world.config = configuration.store;
  Files files = TRY(collect_files(configuration));
  event::ParseFinished summary;
  summary.masked = static_cast<int>(files.masked.size());
  std::vector<Error> errors;
  int done = 0;
  for (const auto& file : files.recipes) {
    events.send(event::ParseProgress{done++, static_cast<int>(files.recipes.size())});
    auto recipes = evaluate(file, *configuration.store, evaluator);
    if (!recipes) {
      errors.push_back(std::move(recipes.error()));
      continue;
    }
    ++summary.parsed;
    for (auto& recipe : *recipes) {
      if (recipe.skipped) ++summary.skipped;
      ++summary.variants;
      recipe.id = RecipeId{static_cast<std::uint32_t>(world.recipes.size())};
      world.recipes.push(std::move(recipe));
    }
  }
  summary.errors = static_cast<int>(errors.size());
  events.send(summary);
  if (errors.empty()) return world;
  for (std::size_t i = 0; i + 1 < errors.size(); ++i)
    event::log(events, event::Level::Error, errors[i].text());
  return fail(std::move(errors.back()));
}

}  // namespace hitz::recipe
