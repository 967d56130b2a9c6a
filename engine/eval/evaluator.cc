// SPDX-License-Identifier: Apache-2.0
#include "engine/eval/evaluator.h"

#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/eval/statements.h"

namespace hitz::eval {

namespace {

using data::Expand;
using data::Writer;

// What the handlers were before a recipe added its own.
class HandlerScope {
 public:
  explicit HandlerScope(data::PythonHost& python) : python_(python), table_(python.handlers()) {}
  HandlerScope(const HandlerScope&) = delete;
  HandlerScope& operator=(const HandlerScope&) = delete;
  ~HandlerScope() { python_.restore_handlers(table_); }

 private:
  data::PythonHost& python_;
  std::shared_ptr<const data::Opaque> table_;
};

std::uint32_t line_flag(data::Store& d, const std::string& name) {
  auto value = d.get_flag(name, "lineno", Expand::No);
  const std::string* text = value ? data::text_of(*value) : nullptr;
  return text != nullptr ? static_cast<std::uint32_t>(std::strtoul(text->c_str(), nullptr, 10)) : 0;
}

std::string text_flag(data::Store& d, const std::string& name, std::string_view flag) {
  auto value = d.get_flag(name, flag);
  const std::string* text = value ? data::text_of(*value) : nullptr;
  return text != nullptr ? *text : "";
}

std::string raw_text(data::Store& d, const std::string& name) {
  auto value = d.get(name, Expand::No);
  const std::string* text = value ? data::text_of(*value) : nullptr;
  return text != nullptr ? *text : "";
}

}  // namespace

struct Evaluator::State {
  parser::Reader& reader;
  data::PythonHost& python;
  event::EventSink& events;
  Applier applier;

  Result<void> register_handlers(data::Store& d);
  Result<void> run_anonymous(data::Store& d);
  Result<void> normalise_depends(data::Store& d) const;
  Result<void> finalise(const std::string& path, data::Store& d);
  Result<Outcome> outcome(const std::string& path, data::Store& d);
};

Evaluator::Evaluator(parser::Reader& reader, data::PythonHost& python, event::EventSink& events)
    : state_(new State{reader, python, events, Applier(reader, python)}) {}
Evaluator::~Evaluator() = default;

Result<void> Evaluator::configuration(const std::string& path, data::Store& d, BaseConfig base) {
  depend_on(path, d);
  return state_->applier.file(path, d, Place{base == BaseConfig::Yes});
}

Result<void> Evaluator::include(const std::string& path, data::Store& d) {
  return state_->applier.file(path, d);
}

std::vector<Inclusion> Evaluator::take_inclusions() {
  return state_->applier.take_inclusions();
}

Result<void> Evaluator::inherit(std::string_view classes, data::Store& d, const Span& span) {
  return state_->applier.inherit(classes, d, span);
}

Result<void> Evaluator::finish_configuration(data::Store& d) {
  return state_->register_handlers(d);
}

Result<void> Evaluator::settle_configuration(data::Store& d) {
  TRY_VOID(d.expand_keys());
  return state_->run_anonymous(d);
}

Result<void> Evaluator::State::register_handlers(data::Store& d) {
  for (const auto& name : d.list("__BBHANDLERS")) {
    std::string path = text_flag(d, name, "filename");
    if (path.empty())
      return kind_error(Kind::Handled, "Undefined event handler function '" + name + "'");
    data::PythonHandler handler{name, raw_text(d, name), words(text_flag(d, name, "eventmask")),
                                path, line_flag(d, name)};
    TRY_VOID(python.add_handler(handler, d));
  }
  return {};
}

Result<void> Evaluator::State::run_anonymous(data::Store& d) {
  for (const auto& name : d.list("__BBANONFUNCS")) {
    std::string text = raw_text(d, name);
    data::PythonFunction function{name, text.substr(text.find('\n') + 1),
                                  text_flag(d, name, "filename"), line_flag(d, name)};
    auto result = python.run(function, d);
    if (result) continue;
    Error error = std::move(result.error());
    if (error.kind == Kind::Plain) error.kind = Kind::Handled;
    return fail(std::move(error));
  }
  return {};
}

// Since 2.18 DEPENDS is stored expanded, its blanks made single, with virtual providers of recipes
// replaced.
Result<void> Evaluator::State::normalise_depends(data::Store& d) const {
  if (reader.release() == parser::Release::Scarthgap) return {};
  auto virtuals = words(TRY(d.text("BB_RECIPE_VIRTUAL_PROVIDERS")));
  auto replace = [&](std::string item) -> Result<std::string> {
    if (std::find(virtuals.begin(), virtuals.end(), item) == virtuals.end()) return item;
    std::string preferred = TRY(d.text("PREFERRED_PROVIDER_" + item));
    if (preferred.empty())
      return kind_error(Kind::Handled, "PREFERRED_PROVIDER_" + item +
                                           " is not set, and BB_RECIPE_VIRTUAL_PROVIDERS needs it");
    return preferred;
  };
  std::vector<std::string> depends;
  for (auto& item : words(TRY(d.text("DEPENDS")))) depends.push_back(TRY(replace(std::move(item))));
  TRY_VOID(d.set("DEPENDS", join(depends, " "), Writer::Code));
  for (const auto& task : d.list("__BBTASKS")) {
    std::vector<std::string> entries;
    data::Value value = TRY(d.get_flag(task, "depends"));
    const std::string* text = data::text_of(value);
    for (const auto& entry : words(text != nullptr ? *text : "")) {
      std::size_t colon = entry.find(':');
      if (colon == std::string::npos || entry.find(':', colon + 1) != std::string::npos) {
        return kind_error(
            Kind::Handled,
            "Task " + task + " has a depends entry that is not 'recipe:task': " + entry);
      }
      entries.push_back(TRY(replace(entry.substr(0, colon))) + entry.substr(colon));
    }
    TRY_VOID(d.set_flag(task, "depends", join(entries, " ")));
  }
  return {};
}

Result<void> Evaluator::State::finalise(const std::string& path, data::Store& d) {
  if (data::is_set(d.own_content("_FAILPARSINGERRORHANDLED", data::Weak::Include)))
    return kind_error(Kind::Handled, "");
  auto fire = [&](std::string_view name) { return python.fire(name, {data::Value(path)}, d); };
  HandlerScope scope(python);
  if (reader.release() == parser::Release::Wrynose) {
    TRY_VOID(python.fire("bb.event.RecipePreDeferredInherits",
                         {data::Value(path), data::Value(d.list("__BBDEFINHERITS"))}, d));
  }
  TRY_VOID(applier.inherit_deferred(d));
  TRY_VOID(register_handlers(d));
  TRY_VOID(fire("bb.event.RecipePreFinalise"));
  TRY_VOID(d.expand_keys());
  TRY_VOID(fire("bb.event.RecipePostKeyExpansion"));
  TRY_VOID(run_anonymous(d));
  TRY_VOID(python.fire("bb.event.RecipeTaskPreProcess",
                       {data::Value(path), data::Value(d.list("__BBTASKS"))}, d));
  TRY_VOID(normalise_depends(d));
  auto files = d.list("__depends");
  std::erase_if(files, [](const std::string& file) { return !exists(file); });
  std::sort(files.begin(), files.end());
  TRY_VOID(d.set("BBINCLUDED", join(files, " "), Writer::Parser));
  return fire("bb.event.RecipeParsed");
}

// Skipping is what became of the recipe; any other error is one.
Result<Outcome> Evaluator::State::outcome(const std::string& path, data::Store& d) {
  auto result = finalise(path, d);
  if (result) return Outcome{};
  if (result.error().kind != Kind::SkipRecipe) return fail(std::move(result.error()));
  TRY_VOID(d.set("__SKIPPED", result.error().message, Writer::Parser));
  return Outcome{result.error().message};
}

Result<std::vector<Variant>> Evaluator::recipe(const std::string& path,
                                               const std::vector<std::string>& appends,
                                               data::Store& base) {
  State& s = *state_;
  auto plain = base.copy();
  depend_on(path, *plain);
  TRY_VOID(plain->set("__BBAPPEND", join(appends, " "), Writer::Parser));
  TRY_VOID(plain->set("FILE", path, Writer::Parser));
  auto evaluated = s.applier.file(path, *plain);
  if (evaluated) TRY_VOID(plain->set("FILE", path, Writer::Parser));
  for (const auto& append : appends) {
    if (!evaluated) break;
    depend_on(append, *plain);
    evaluated = s.applier.file(append, *plain);
  }
  std::vector<Variant> out;
  if (!evaluated) {
    if (evaluated.error().kind != Kind::SkipRecipe) return fail(std::move(evaluated.error()));
    TRY_VOID(plain->set("__SKIPPED", true, Writer::Parser));
    out.push_back({"", plain, Outcome{evaluated.error().message}});
    return out;
  }
  auto main = plain->copy();
  Outcome outcome = TRY(s.outcome(path, *main));
  out.push_back({"", main, outcome});
  // Who wants one variant alone says so: "native", or "default" for the recipe itself.
  std::string only = TRY(main->text("__ONLYFINALISE"));
  std::string extended = TRY(main->text("BBCLASSEXTEND"));
  std::string pn = TRY(main->text("PN"));
  if (!extended.empty()) TRY_VOID(plain->set("BBCLASSEXTEND", extended, Writer::Code));
  for (const auto& name : words(extended)) {
    if (!only.empty() && name != only) continue;
    auto variant = plain->copy();
    std::size_t colon = name.find(':');
    if (colon != std::string::npos) {
      TRY_VOID(variant->set("BBEXTENDCURR", name.substr(0, colon), Writer::Code));
      TRY_VOID(variant->set("BBEXTENDVARIANT", name.substr(colon + 1), Writer::Code));
    } else {
      TRY_VOID(variant->set("PN", pn + "-" + name, Writer::Code));
    }
    TRY_VOID(s.applier.inherit_later(name.substr(0, colon), *variant, {}));
    Outcome became = TRY(s.outcome(path, *variant));
    out.push_back({name, std::move(variant), std::move(became)});
  }
  return out;
}

Result<void> Evaluator::add_task(std::string_view task, const std::vector<std::string>& before,
                                 const std::vector<std::string>& after, data::Store& d) {
  return eval::add_task(std::string(task), before, after, d);
}

Result<void> Evaluator::delete_task(std::string_view task, data::Store& d) {
  return eval::delete_task(std::string(task), d);
}

std::vector<std::string> Evaluator::predecessors(const std::string& task, data::Store& d) {
  auto value = d.get_flag(task, "deps", Expand::No);
  auto* items = value ? std::get_if<std::vector<std::string>>(&*value) : nullptr;
  if (items == nullptr) return {};
  std::vector<std::string> out;
  for (const auto& item : *items) {
    std::string name = d.expand(item).value_or(item);
    if (d.list_has("__BBTASKS", name)) out.push_back(std::move(name));
  }
  return out;
}

}  // namespace hitz::eval
