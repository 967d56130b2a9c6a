// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/script_tables.h"

#include <utility>

#include "engine/graph/preference.h"
#include "engine/signature/json.h"

namespace hitz::cli {

namespace {

using signature::Json;

Json number(long long value) {
  return Json::Literal{std::to_string(value)};
}

Json truth(bool value) {
  return Json::Literal{value ? "true" : "false"};
}

Json list(const std::vector<std::string>& items) {
  return Json::List(items.begin(), items.end());
}

Json package(const recipe::Package& of) {
  return Json::Object{{"rdepends", list(of.rdepends)},
                      {"rrecommends", list(of.rrecommends)},
                      {"rprovides", list(of.rprovides)}};
}

Json row(const recipe::Recipe& recipe) {
  Json::Object packages;
  for (const auto& [name, one] : recipe.packages) packages[name] = package(one);
  return Json::Object{{"fn", recipe.virtual_file},
                      {"file", recipe.file},
                      {"pn", recipe.pn},
                      {"pe", recipe.pe},
                      {"pv", recipe.pv},
                      {"pr", recipe.pr},
                      {"layer", recipe.layer},
                      {"priority", number(recipe.priority)},
                      {"preference", number(recipe.default_preference)},
                      {"skipped", recipe.skipped ? Json(*recipe.skipped) : Json()},
                      {"appends", list(recipe.appends)},
                      {"provides", list(recipe.provides)},
                      {"rprovides", list(recipe.rprovides)},
                      {"dynamic", list(recipe.packages_dynamic)},
                      {"depends", list(recipe.depends)},
                      {"rdepends", list(recipe.rdepends)},
                      {"rrecommends", list(recipe.rrecommends)},
                      {"inherits", list(recipe.inherits)},
                      {"stamp", recipe.stamp},
                      {"packages", std::move(packages)}};
}

Json file(const recipe::World& world, std::optional<recipe::RecipeId> id) {
  return id ? Json(world.recipes[*id].virtual_file) : Json();
}

Json place(graph::TaskId id) {
  return number(id.value);
}

}  // namespace

std::string layers_as_json(const layer::Configuration& configuration) {
  Json::List out;
  for (const auto& layer : configuration.layers) {
    out.push_back(Json::Object{{"name", layer.name},
                               {"folder", layer.folder},
                               {"pattern", layer.pattern},
                               {"priority", number(layer.priority)}});
  }
  return Json(std::move(out)).dump();
}

std::string recipes_as_json(const recipe::World& world) {
  Json::List out;
  for (const auto& recipe : world.recipes) out.push_back(row(recipe));
  return Json(std::move(out)).dump();
}

Result<std::string> versions_as_json(const House::Realm& realm) {
  Json::Object out;
  for (const auto& [pn, found] : TRY(realm.providers->versions()))
    out[pn] = Json::List{file(*realm.world, found.latest), file(*realm.world, found.preferred),
                         truth(found.required)};
  return Json(std::move(out)).dump();
}

Result<std::string> runtime_as_json(const House::Realm& realm, const std::string& name) {
  Json::List all;
  for (auto id : realm.providers->everyone(name, graph::Side::Runtime))
    all.push_back(file(*realm.world, id));
  auto choice = TRY(realm.providers->choose(name, graph::Side::Runtime));
  Json best = choice.candidates.empty() ? Json() : file(*realm.world, choice.candidates.front());
  return Json(Json::Object{{"all", std::move(all)}, {"best", std::move(best)}}).dump();
}

std::string graph_as_json(const recipe::World& world, const graph::TaskGraph& graph) {
  Json::List tasks, targets;
  for (const auto& node : graph.tasks) {
    Json::List needs;
    for (auto need : node.needs) needs.push_back(place(need));
    tasks.push_back(Json::List{file(world, node.recipe), node.task->name, std::move(needs)});
  }
  for (auto id : graph.targets) targets.push_back(place(id));
  Json::Object provided;
  for (const auto& [name, id] : graph.provided) provided[name] = file(world, id);
  return Json(Json::Object{{"tasks", std::move(tasks)},
                           {"targets", std::move(targets)},
                           {"provided", std::move(provided)}})
      .dump();
}

std::string signatures_as_json(const recipe::World& world, const graph::TaskGraph& graph,
                               const signature::Signatures& signatures) {
  Json::List out;
  for (std::size_t i = 0; i < graph.tasks.size(); ++i) {
    graph::TaskId id{static_cast<std::uint32_t>(i)};
    const auto& node = graph.tasks[id];
    out.push_back(Json::List{world.recipes[node.recipe].pn, node.task->name,
                             signatures.tasks[id].unihash.hex, truth(node.task->nostamp),
                             world.recipes[node.recipe].virtual_file});
  }
  return Json(std::move(out)).dump();
}

}  // namespace hitz::cli
