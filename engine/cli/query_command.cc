// SPDX-License-Identifier: Apache-2.0
// hitz query: the universe of recipes or tasks, and an expression over it.

#include <algorithm>
#include <cstdio>
#include <set>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/build.h"
#include "engine/cli/command.h"
#include "engine/cli/house.h"
#include "engine/query/query.h"

namespace hitz::cli {

namespace {

// What a recipe is, by the classes it inherits.
std::string kind_of(const recipe::Recipe& recipe) {
  static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"image", "image"},
      {"packagegroup", "packagegroup"},
      {"kernel", "kernel"},
      {"native", "native"},
      {"cross", "cross"}};
  std::set<std::string> classes;
  for (const auto& path : recipe.inherits) {
    std::string name = base_name(path);
    classes.insert(name.substr(0, name.rfind('.')));
  }
  for (const auto& [name, kind] : kKinds) {
    if (classes.contains(std::string(name))) return std::string(kind);
  }
  return "recipe";
}

std::string attribute_of(const recipe::Recipe& recipe, const std::string& name) {
  return recipe.store ? recipe.store->text(name).value_or("") : "";
}

Result<query::Universe> recipe_universe(House& house) {
  query::Universe out;
  std::map<recipe::RecipeId, std::uint32_t> place;
  auto ids = std::make_shared<std::vector<recipe::RecipeId>>(house.providers->preferred());
  for (recipe::RecipeId id : *ids) {
    place[id] = static_cast<std::uint32_t>(out.labels.size());
    out.labels.push_back(house.world->recipes[id].pn);
  }
  for (recipe::RecipeId id : *ids) {
    std::set<std::uint32_t> needs;
    const auto& recipe = house.world->recipes[id];
    auto add = [&](std::optional<recipe::RecipeId> other) {
      if (!other) return;
      if (auto found = place.find(*other); found != place.end() && *other != id)
        needs.insert(found->second);
    };
    for (const auto& name : recipe.depends) {
      auto provider = house.providers->build(name, recipe.file);
      if (provider) add(*provider);
    }
    std::vector<std::string> runtime = recipe.rdepends;
    for (const auto& [name, package] : recipe.packages) {
      runtime.insert(runtime.end(), package.rdepends.begin(), package.rdepends.end());
      runtime.insert(runtime.end(), package.rrecommends.begin(), package.rrecommends.end());
    }
    for (const auto& name : runtime) add(house.providers->runtime_if_any(name));
    for (const auto& task : recipe.tasks) {
      for (const auto& entry : task.depends) {
        auto provider = house.providers->build(entry.substr(0, entry.rfind(':')), recipe.file);
        if (provider) add(*provider);
      }
    }
    out.needs.emplace_back(needs.begin(), needs.end());
  }
  const recipe::World* world = &*house.world;
  out.kind = [world, ids](std::uint32_t node) { return kind_of(world->recipes[(*ids)[node]]); };
  out.attribute = [world, ids](std::uint32_t node, const std::string& name) {
    return attribute_of(world->recipes[(*ids)[node]], name);
  };
  return out;
}

Result<query::Universe> task_universe(House& house, const std::vector<std::string>& targets) {
  auto graph = std::make_shared<graph::TaskGraph>(TRY(plan_targets(house, targets, "")));
  query::Universe out;
  const recipe::World* world = &*house.world;
  for (std::uint32_t i = 0; i < graph->tasks.size(); ++i) {
    out.labels.push_back(graph::label(*world, *graph, graph::TaskId{i}));
    std::vector<std::uint32_t> needs;
    for (graph::TaskId need : graph->tasks[graph::TaskId{i}].needs) needs.push_back(need.value);
    out.needs.push_back(std::move(needs));
  }
  out.kind = [graph](std::uint32_t node) { return graph->tasks[graph::TaskId{node}].task->name; };
  out.attribute = [graph, world](std::uint32_t node, const std::string& name) {
    return attribute_of(world->recipes[graph->tasks[graph::TaskId{node}].recipe], name);
  };
  return out;
}

}  // namespace

Command query_command() {
  Command out;
  out.usage = {"query",
               "EXPRESSION",
               "asks about recipes or tasks: deps, rdeps, allpaths, somepath, kind, attr",
               "  hitz query 'deps(core-image)'\n"
               "  hitz query 'rdeps(..., zlib)'                what needs zlib\n"
               "  hitz query 'somepath(core-image, musl)'      one shortest way\n"
               "  hitz query 'kind(image, ...)'                all images\n"
               "  hitz query 'attr(LICENSE, GPL, deps(core-image)) - kind(native, ...)'\n"
               "  hitz query --tasks core-image 'rdeps(..., busybox:do_compile)'",
               {{"tasks", 't', "TARGETS",
                 "ask about the tasks that these targets need (separated by commas)"},
                {"output", 'o', "FORM", "label (default), label_kind, json or dot"}}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.size() != 1)
      return input_error("hitz query needs one expression; put it in quotes");
    const std::map<std::string, query::Form> forms = {{"label", query::Form::Label},
                                                      {"label_kind", query::Form::LabelKind},
                                                      {"json", query::Form::Json},
                                                      {"dot", query::Form::Dot}};
    std::string form = given.last("output", "label");
    if (!forms.contains(form))
      return input_error("--output is one of label, label_kind, json, dot, not '" + form + "'");
    auto house = TRY(House::open(screen));
    TRY_VOID(house->configure({}, false));
    TRY_VOID(house->read_recipes());
    auto universe = given.has("tasks") ? TRY(task_universe(*house, split(given.last("tasks"), ',')))
                                       : TRY(recipe_universe(*house));
    auto nodes = TRY(query::evaluate(universe, given.arguments[0]));
    std::string text = query::render(universe, nodes, forms.at(form));
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
  };
  return out;
}

}  // namespace hitz::cli
