// SPDX-License-Identifier: Apache-2.0
#include "tests/support/toy_world.h"

#include <algorithm>

#include "engine/base/text.h"
#include "tests/support/catch.h"

namespace hitz::testing {

namespace {

using List = std::vector<std::string>;

recipe::Recipe make_recipe(const List& line) {
  recipe::Recipe out;
  out.pn = line.at(1);
  out.pv = line.size() > 2 ? line[2] : "1.0";
  if (auto colon = out.pv.find(':'); colon != std::string::npos) {
    out.pe = out.pv.substr(0, colon);
    out.pv.erase(0, colon + 1);
  }
  out.pr = "r0";
  out.file = "/layer/" + out.pn + "_" + out.pv + ".bb";
  out.virtual_file = out.file;
  out.layer = "layer";
  out.provides = {out.pn};
  return out;
}

/// "name=a,b": the name and its words.
std::pair<std::string, List> setting(const std::string& word) {
  auto equals = word.find('=');
  if (equals == std::string::npos) FAIL("toy world: '" << word << "' is not name=a,b");
  return {word.substr(0, equals), split(word.substr(equals + 1), ',')};
}

void add_package(recipe::Recipe& recipe, const List& line) {
  auto& package = recipe.packages[line.at(1)];
  for (std::size_t i = 2; i < line.size(); ++i) {
    auto [name, list] = setting(line[i]);
    std::map<std::string, List*> fields{{"rdepends", &package.rdepends},
                                        {"rrecommends", &package.rrecommends},
                                        {"rprovides", &package.rprovides}};
    *fields.at(name) = list;
  }
}

void add_task(recipe::Recipe& recipe, const List& line) {
  recipe::Task task;
  task.name = line.at(1);
  std::map<std::string, List*> fields{
      {"depends", &task.depends},         {"rdepends", &task.rdepends},
      {"deptask", &task.deptask},         {"rdeptask", &task.rdeptask},
      {"recrdeptask", &task.recrdeptask}, {"recideptask", &task.recideptask},
      {"mcdepends", &task.mcdepends}};
  for (std::size_t i = 2; i < line.size(); ++i) {
    if (line[i] == "after") continue;
    if (line[i].find('=') == std::string::npos) {
      task.predecessors.push_back(line[i]);
      continue;
    }
    auto [name, list] = setting(line[i]);
    *fields.at(name) = list;
  }
  recipe.tasks.push_back(std::move(task));
}

void add_line(recipe::Recipe& recipe, const List& line) {
  const std::string& word = line[0];
  List rest(line.begin() + 1, line.end());
  std::map<std::string, List*> lists{
      {"depends", &recipe.depends},         {"rdepends", &recipe.rdepends},
      {"rrecommends", &recipe.rrecommends}, {"rprovides", &recipe.rprovides},
      {"inherits", &recipe.inherits},       {"packages_dynamic", &recipe.packages_dynamic}};
  if (word == "task") {
    add_task(recipe, line);
  } else if (word == "package") {
    add_package(recipe, line);
  } else if (auto list = lists.find(word); list != lists.end()) {
    *list->second = rest;
  } else if (word == "provides") {
    recipe.provides.insert(recipe.provides.end(), rest.begin(), rest.end());
  } else if (word == "skipped") {
    recipe.skipped = join(rest, " ");
  } else if (word == "priority") {
    recipe.priority = std::stoi(rest.at(0));
  } else if (word == "preference") {
    recipe.default_preference = std::stoi(rest.at(0));
  } else if (word == "variant") {
    recipe.variant = rest.at(0);
    recipe.virtual_file = "virtual:" + rest.at(0) + ":" + recipe.file;
  } else if (word == "layer") {
    recipe.layer = rest.at(0);
  } else if (word == "world") {
    recipe.exclude_from_world = rest.at(0) == "no";
  } else {
    FAIL("toy world: nothing is known of '" << word << "'");
  }
}

void finish(recipe::World& world, recipe::Recipe recipe) {
  if (recipe.tasks.empty()) recipe.tasks.push_back({"do_build"});
  recipe.packages.try_emplace(recipe.pn);
  recipe.id = {static_cast<std::uint32_t>(world.recipes.size())};
  world.recipes.push(std::move(recipe));
}

}  // namespace

graph::Variable ToyWorld::variable() const {
  return [this](const std::string& name) -> Result<std::optional<std::string>> {
    auto found = config.find(name);
    return found == config.end() ? std::nullopt : std::optional(found->second);
  };
}

graph::Providers ToyWorld::providers() const {
  return graph::Providers(world, variable());
}

std::unique_ptr<ToyWorld> toy_world(const std::string& text) {
  auto out = std::make_unique<ToyWorld>();
  std::optional<recipe::Recipe> open;
  for (const auto& raw : split(text, '\n')) {
    auto line = words(raw);
    if (line.empty() || line[0].starts_with('#')) continue;
    if (line.size() > 1 && line[1] == "=") {
      std::string value(trim(std::string_view(raw).substr(raw.find('=') + 1)));
      out->config[line[0]] = value.substr(1, value.size() - 2);
    } else if (line[0] == "recipe") {
      if (open) finish(out->world, std::move(*open));
      open = make_recipe(line);
    } else if (open) {
      add_line(*open, line);
    } else {
      FAIL("toy world: '" << raw << "' stands in no recipe");
    }
  }
  if (open) finish(out->world, std::move(*open));
  return out;
}

}  // namespace hitz::testing
