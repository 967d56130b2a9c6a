// SPDX-License-Identifier: Apache-2.0
#include "engine/query/attribute.h"

#include <map>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::query {

namespace {

std::string class_names(const recipe::Recipe& recipe) {
  std::vector<std::string> names;
  for (const auto& path : recipe.inherits) {
    std::string name = base_name(path);
    if (name.ends_with(".bbclass")) name.erase(name.size() - 8);
    names.push_back(std::move(name));
  }
  return join(names, " ");
}

/// What a recipe's record holds by itself.
std::optional<std::string> from_record(const recipe::Recipe& recipe, const std::string& name) {
  if (name == "version") return version_of(recipe);
  if (name == "inherits") return class_names(recipe);
  const std::map<std::string_view, const std::string*> texts{
      {"layer", &recipe.layer}, {"file", &recipe.file}, {"PN", &recipe.pn},
      {"PE", &recipe.pe},       {"PV", &recipe.pv},     {"PR", &recipe.pr}};
  if (auto text = texts.find(name); text != texts.end()) return *text->second;
  const std::map<std::string_view, const std::vector<std::string>*> lists{
      {"PROVIDES", &recipe.provides}, {"DEPENDS", &recipe.depends}, {"RDEPENDS", &recipe.rdepends}};
  if (auto list = lists.find(name); list != lists.end()) return join(*list->second, " ");
  return std::nullopt;
}

std::optional<std::string> from_task(const recipe::Task& task, const std::string& name) {
  if (name == "nostamp" && task.nostamp) return "1";
  if (name == "noexec" && task.noexec) return "1";
  const std::map<std::string_view, const std::vector<std::string>*> lists{
      {"depends", &task.depends},         {"rdepends", &task.rdepends},
      {"deptask", &task.deptask},         {"rdeptask", &task.rdeptask},
      {"recrdeptask", &task.recrdeptask}, {"recideptask", &task.recideptask},
      {"mcdepends", &task.mcdepends}};
  auto list = lists.find(name);
  if (list == lists.end() || list->second->empty()) return std::nullopt;
  return join(*list->second, " ");
}

template <class Value>
std::optional<std::string> as_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return join(*list, " ");
  return std::nullopt;
}

}  // namespace

std::string version_of(const recipe::Recipe& recipe) {
  return (recipe.pe.empty() ? "" : recipe.pe + ":") + recipe.pv + "-" + recipe.pr;
}

Result<std::optional<std::string>> attribute(const recipe::World& world, const Vertex& vertex,
                                             const std::string& name) {
  const auto& recipe = world.recipes[vertex.recipe];
  if (vertex.task != nullptr) {
    if (auto text = from_task(*vertex.task, name)) return text;
    if (recipe.store) {
      if (auto text = as_text(TRY(TRY(recipe.store.get())->get_flag(vertex.task->name, name))))
        return text;
    }
  }
  if (auto text = from_record(recipe, name)) return text;
  if (!recipe.store) return std::nullopt;
  return as_text(TRY(TRY(recipe.store.get())->get(name)));
}

}  // namespace hitz::query
