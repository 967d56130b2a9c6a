// SPDX-License-Identifier: Apache-2.0
#include "engine/eval/statements.h"

#include <algorithm>
#include <optional>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/data/clock.h"

namespace hitz::eval {

namespace {

using data::Expand;
using data::Origin;
using data::Weak;
using data::Writer;
using parser::Operator;

constexpr std::string_view kExported = "    # Export function set\n";
constexpr std::string_view kKeywords[] = {":append", ":prepend", ":remove"};
constexpr std::string_view kHandedOn[] = {"dirs", "cleandirs", "fakeroot"};
constexpr int kDeepest = 100;             // files within files; BitBake's Python ends there too
constexpr std::uint32_t kSteps = 64;      // that one statement may take
constexpr std::size_t kLongestTrail = 8;  // of those places in an error

class Deeper {
 public:
  explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  ~Deeper() { --depth_; }

 private:
  int& depth_;
};

bool has_text(data::Store& d, std::string_view name) {
  auto value = d.get(name, Expand::No);
  const std::string* text = value ? data::text_of(*value) : nullptr;
  return text != nullptr && !text->empty();
}

// A file's path as a part of a Python name.
std::string mangled(std::string path) {
  for (char& c : path) {
    if (std::string_view("/.+-@%&~").find(c) != std::string_view::npos) c = '_';
  }
  return path;
}

// A text as Python code writes it.
std::string in_quotes(const std::string& text) {
  return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

bool has_keyword(std::string_view name) {
  return std::any_of(std::begin(kKeywords), std::end(kKeywords), [&](std::string_view keyword) {
    return name.find(keyword) != std::string_view::npos;
  });
}

// Whether all that an assignment does is to change one record, by what that was before alone.
bool is_step(const parser::Assign& assign) {
  const bool listed = assign.flag == "export" || assign.flag == "unexport" ||
                      assign.exported == parser::Exported::Yes;
  return assign.op != Operator::Immediate && !listed && !assign.flag.starts_with('_') &&
         assign.name != "BB_RENAMED_VARIABLES" &&
         (assign.op == Operator::Set || !has_keyword(assign.name));
}

}  // namespace

Applier::Applier(parser::Reader& reader, data::PythonHost& python)
    : reader_(reader), python_(python) {}

std::string Applier::path_of(const Span& span) const {
  return reader_.sources().path(span.file);
}

Result<void> Applier::file(const std::string& path, data::Store& d, Place place) {
  if (d.tracking() == data::Store::Tracking::On) inclusions_.push_back({depth_, path});
  Deeper deeper(depth_);
  if (depth_ > kDeepest)
    return kind_error(Kind::Parse, "files include each other without end, " + path + " once more");
  auto unit = TRY(timed_read(path, d));
  bool is_class = path.ends_with(".bbclass");
  for (const auto& warning : unit->warnings) python_.warn(warning.message);
  data::Value outer = d.own_content("FILE", Weak::Include);
  if (!is_class) TRY_VOID(d.set("FILE", path, Writer::Parser));
  const bool own = path.ends_with(".bb") || path.ends_with(".bbappend");
  Shared shared{own ? nullptr : steps_of(unit), 0};
  for (const auto& statement : unit->statements) {
    auto result = apply(statement, d, place, shared);
    shared.number += kSteps;
    if (result) continue;
    Error error = std::move(result.error());
    const std::string here = path + ":" + std::to_string(statement.span.line);
    const bool is_told = error.trail.empty() && error.message.find(here) != std::string::npos;
    if (error.kind != Kind::SkipRecipe && error.trail.size() < kLongestTrail && !is_told)
      error.while_doing("at " + here);
    return fail(std::move(error));
  }
  if (!is_class && data::is_set(outer)) TRY_VOID(d.set("FILE", outer, Writer::Parser));
  return {};
}

Result<std::shared_ptr<const parser::Unit>> Applier::timed_read(const std::string& path,
                                                                const data::Store& d) {
  Timed timed(d.family().timing, Work::Parsing);
  return reader_.file(path);
}

// What is met once is not worth remembering.
data::Steps* Applier::steps_of(const std::shared_ptr<const parser::Unit>& unit) {
  auto [met, first] = met_.try_emplace(unit.get());
  if (first) {
    met->second.unit = unit;
  } else if (!met->second.steps) {
    met->second.steps = std::make_unique<data::Steps>();
  }
  return met->second.steps.get();
}

Result<void> Applier::apply(const parser::Statement& statement, data::Store& d, Place place,
                            Shared shared) {
  const Span& span = statement.span;
  const Origin origin{span, {}, {}};
  if (const auto* assign = std::get_if<parser::Assign>(&statement.body))
    return apply(span, *assign, d, shared);
  if (const auto* function = std::get_if<parser::Function>(&statement.body))
    return apply(span, *function, d, shared);
  if (const auto* def = std::get_if<parser::PythonDef>(&statement.body))
    return apply(span, *def, d, shared);
  if (const auto* include = std::get_if<parser::Include>(&statement.body))
    return apply(span, *include, d);
  if (const auto* exported = std::get_if<parser::ExportFunctions>(&statement.body))
    return apply(*exported, d, shared);
  if (const auto* fragments = std::get_if<parser::AddFragments>(&statement.body))
    return apply(span, *fragments, d);
  if (const auto* exported = std::get_if<parser::Export>(&statement.body))
    return d.set_flag(exported->name, "export", std::int64_t{1}, Origin{span, "exported", {}});
  if (const auto* unset = std::get_if<parser::Unset>(&statement.body)) {
    if (unset->flag.empty()) {
      d.erase(unset->name, origin);
    } else {
      d.erase_flag(unset->name, unset->flag, origin);
    }
    return {};
  }
  if (const auto* inherits = std::get_if<parser::Inherit>(&statement.body)) {
    return inherits->when == parser::Inherit::When::Now ? inherit(inherits->classes, d, span)
                                                        : inherit_later(inherits->classes, d, span);
  }
  if (const auto* task = std::get_if<parser::AddTask>(&statement.body)) {
    for (const auto& name : task->names) TRY_VOID(add_task(name, task->before, task->after, d));
    return {};
  }
  if (const auto* task = std::get_if<parser::DelTask>(&statement.body)) {
    for (auto& name : words(TRY(d.expand(task->names))))
      TRY_VOID(delete_task(name.starts_with("do_") ? name : "do_" + name, d));
    return {};
  }
  if (const auto* handler = std::get_if<parser::AddHandler>(&statement.body)) {
    auto list = d.list("__BBHANDLERS");
    for (const auto& name : handler->names) {
      list.push_back(name);
      TRY_VOID(d.set_flag(name, "handler", std::int64_t{1}));
    }
    d.set_list("__BBHANDLERS", std::move(list));
    return {};
  }
  const auto& library = std::get<parser::AddPylib>(statement.body);
  if (!place.base_config)
    return kind_error(Kind::Parse,
                      "ParseError at " + reader_.sources().place(span) +
                          ": unparsed line: addpylib is for layer.conf and bitbake.conf alone");
  std::string folder = TRY(d.expand(library.folder));
  auto libraries = d.list("__pylibs");  // what recipes' Python may come from
  libraries.push_back(join_path(folder, library.package));
  d.set_list("__pylibs", std::move(libraries));
  return python_.add_library(folder, library.package, d);
}

Result<std::string> Applier::assigned_value(const parser::Assign& assign, data::Store& d) {
  auto old = [&]() -> std::string {
    data::Value value;
    if (assign.flag.empty()) {
      value = d.own_content(assign.name, Weak::Ignore);
    } else if (auto flag = d.get_flag(assign.name, assign.flag, Expand::No, Weak::Ignore)) {
      value = *flag;
    }
    const std::string* text = data::text_of(value);
    return text != nullptr ? *text : "";
  };
  switch (assign.op) {
    case Operator::Immediate: return d.copy()->expand(assign.value, assign.name + "[:=]");
    case Operator::Append: return old() + " " + assign.value;
    case Operator::Prepend: return assign.value + " " + old();
    case Operator::DotAppend: return old() + assign.value;
    case Operator::DotPrepend: return assign.value + old();
    default: return assign.value;
  }
}

Result<void> Applier::apply(const Span& span, const parser::Assign& assign, data::Store& d,
                            Shared shared) {
  using Writes = data::Step::Writes;
  data::Step step(d, is_step(assign) ? shared.steps : nullptr, shared.number, assign.name,
                  assign.flag.empty() ? Writes::Value : Writes::Flag);
  if (step.done()) return {};
  TRY_VOID(assign_now(span, assign, d));
  step.learn();
  return {};
}

Result<void> Applier::assign_now(const Span& span, const parser::Assign& assign, data::Store& d) {
  static constexpr std::string_view kOps[] = {"set",    "immediate", "set?",    "set",
                                              "append", "prepend",   "postdot", "predot"};
  const Origin origin{span, kOps[static_cast<std::size_t>(assign.op)], assign.value};
  if (assign.exported == parser::Exported::Yes)
    TRY_VOID(d.set_flag(assign.name, "export", std::int64_t{1}, Origin{span, "exported", {}}));
  if (assign.op == Operator::Weak) {
    bool present =
        assign.flag.empty()
            ? data::is_set(d.own_content(assign.name, Weak::Ignore))
            : data::is_set(TRY(d.get_flag(assign.name, assign.flag, Expand::No, Weak::Ignore)));
    if (present) {
      d.note(assign.name, assign.flag, origin);
      return {};
    }
  }
  std::optional<data::ClockAllowed> clock;
  if (data::is_clock(assign.name)) clock.emplace(python_);
  std::string value = TRY(assigned_value(assign, d));
  clock.reset();
  if (assign.op == Operator::Weakest) {
    if (assign.flag.empty()) return d.set_weak_default(assign.name, std::move(value), origin);
    if (reader_.release() == parser::Release::Scarthgap)
      return d.set_flag(assign.name, assign.flag, std::move(value), origin);
    d.set_weak_flag(assign.name, assign.flag, std::move(value), origin);
    return {};
  }
  if (!assign.flag.empty()) return d.set_flag(assign.name, assign.flag, std::move(value), origin);
  bool plain =
      assign.op == Operator::Set || assign.op == Operator::Immediate || assign.op == Operator::Weak;
  if (!plain) {
    for (std::string_view keyword : kKeywords) {
      if (assign.name.find(keyword) == std::string::npos) continue;
      static constexpr std::string_view kSigns[] = {
          "=", ":=", "?=", "\?\?=", "+=", "=+", ".=", "=."};
      python_.warn(assign.name + " " + std::string(kSigns[static_cast<std::size_t>(assign.op)]) +
                   " is not a recommended operator combination, please replace it.");
    }
  }
  return d.set(assign.name, std::move(value), Writer::Parser, origin);
}

Result<void> Applier::apply(const Span& span, const parser::Function& function, data::Store& d,
                            Shared shared) {
  const std::string path = path_of(span);
  const bool anonymous = function.name == "__anonymous";
  const std::string name =
      anonymous ? "__anon_" + std::to_string(function.closing_line) + "_" + mangled(path)
                : function.name;
  if (anonymous) {
    auto list = d.list("__BBANONFUNCS");
    list.push_back(name);
    d.set_list("__BBANONFUNCS", std::move(list));
  }
  const bool again = has_text(d, name);
  // What is put before or after another has its flags in a record of its own.
  data::Step step(d, has_keyword(name) ? nullptr : shared.steps, shared.number + (again ? 1 : 0),
                  name, data::Step::Writes::Value);
  if (step.done()) return {};
  if (again) {
    d.erase_flag(name, "python");
    d.erase_flag(name, "fakeroot");
  }
  const Origin origin{span, {}, {}};
  if (anonymous || function.language == parser::Language::Python)
    TRY_VOID(d.set_flag(name, "python", "1", origin));
  if (function.root == parser::Function::Root::Fake)
    TRY_VOID(d.set_flag(name, "fakeroot", "1", origin));
  TRY_VOID(d.set_flag(name, "func", std::int64_t{1}, origin));
  const std::string text = anonymous ? "def " + name + "(d):\n" + function.body : function.body;
  TRY_VOID(d.set(name, text, Writer::Parser, origin));
  TRY_VOID(d.set_flag(name, "filename", path, origin));
  TRY_VOID(d.set_flag(name, "lineno", std::to_string(span.line), origin));
  step.learn();
  return {};
}

Result<void> Applier::apply(const Span& span, const parser::PythonDef& def, data::Store& d,
                            Shared shared) {
  const std::string path = path_of(span);
  TRY_VOID(python_.define(def.name, def.text, path, span.line));
  data::Step step(d, shared.steps, shared.number, def.name, data::Step::Writes::Value);
  if (step.done()) return {};
  const Origin origin{span, {}, {}};
  TRY_VOID(d.set_flag(def.name, "func", std::int64_t{1}, origin));
  TRY_VOID(d.set_flag(def.name, "python", std::int64_t{1}, origin));
  TRY_VOID(d.set(def.name, def.text, Writer::Parser, origin));
  TRY_VOID(d.set_flag(def.name, "filename", path, origin));
  TRY_VOID(d.set_flag(def.name, "lineno", std::to_string(span.line - 1), origin));
  step.learn();
  return {};
}

Result<void> Applier::apply(const parser::ExportFunctions& exported, data::Store& d,
                            Shared shared) {
  for (std::size_t i = 0; i < exported.names.size(); ++i) {
    TRY_VOID(
        export_one(exported.names[i], exported.class_name, d, i * 2 < kSteps ? shared : Shared{}));
    shared.number += 2;
  }
  return {};
}

// do_x calls CLASS_do_x unless someone has already written a do_x of their own.
Result<void> Applier::export_one(const std::string& name, const std::string& class_name,
                                 data::Store& d, Shared shared) {
  const std::string called = class_name + "_" + name;
  data::Value present = TRY(d.get(name, Expand::No));
  const std::string* text = data::text_of(present);
  const bool again = text != nullptr && !text->empty();
  if (again && text->find(kExported) == std::string::npos) return {};
  for (std::string_view flag : kHandedOn) {
    if (!d.has_flag(name, flag)) continue;
    TRY_VOID(d.set_flag(called, flag, TRY(d.get_flag(name, flag, Expand::No))));
    shared.steps = nullptr;
  }
  data::Step step(d, shared.steps, shared.number + (again ? 1 : 0), name, data::Step::Writes::Value,
                  called);
  if (step.done()) return {};
  TRY_VOID(export_now(name, class_name, again, d));
  step.learn();
  return {};
}

Result<void> Applier::export_now(const std::string& name, const std::string& class_name, bool again,
                                 data::Store& d) {
  const std::string called = class_name + "_" + name;
  for (std::string_view flag : {"python", "func"}) {
    if (again) TRY_VOID(d.set_flag(name, flag, data::Value()));
  }
  for (std::string_view flag : {"func", "python"}) {
    if (d.has_flag(called, flag))
      TRY_VOID(d.set_flag(name, flag, TRY(d.get_flag(called, flag, Expand::No))));
  }
  TRY_VOID(d.set_flag(name, "filename", "autogenerated"));
  TRY_VOID(d.set_flag(name, "lineno", std::int64_t{1}));
  if (d.has_flag(called, "python")) {
    return d.set(name, std::string(kExported) + "    bb.build.exec_func('" + called + "', d)\n",
                 Writer::Parser);
  }
  if (class_name.find('-') != std::string::npos) {
    return kind_error(Kind::Handled,
                      "The class " + class_name +
                          " contains a dash character, which sh function names cannot; rename it");
  }
  return d.set(name, std::string(kExported) + "    " + called + "\n", Writer::Parser);
}

Result<void> Applier::no_fragment(const std::string& fragment, const std::string& prefix,
                                  const Span& span, data::Store& d) const {
  constexpr std::string_view kConf = ".conf";
  std::vector<std::string> there;
  const std::string kind = fragment.substr(0, fragment.find('/') + 1);
  for (const auto& layer : words(TRY(d.text("BBLAYERS")))) {
    const std::string folder = join_path(layer, prefix);
    for (const auto& path : tree_below(folder).value_or(std::vector<std::string>())) {
      if (path.ends_with(kConf))
        there.push_back(
            kind + path.substr(folder.size() + 1, path.size() - folder.size() - 1 - kConf.size()));
    }
  }
  Error error{Blame::Input,
              "Could not find fragment " + fragment + " in enabled layers (" +
                  reader_.sources().place(span) + ")",
              {},
              Kind::Handled};
  return fail(std::move(error.with_hint(suggestion(fragment, there))));
}

// The fragment's file in the layer that its name begins with; "" when there is none.
Result<std::string> Applier::fragment_file(const std::string& fragment, const std::string& prefix,
                                           data::Store& d) {
  const std::string layer = fragment.substr(0, fragment.find('/'));
  const std::string name = fragment.substr(fragment.find('/') + 1) + ".conf";
  for (const auto& folder : words(TRY(d.text("BBLAYERS")))) {
    std::string candidate = join_path(join_path(folder, prefix), name);
    d.add_to_list("__looked_for", candidate);
    if (!exists(candidate)) continue;
    auto owner =
        TRY(python_.evaluate("bb.utils.get_file_layer(" + in_quotes(candidate) + ", d)", d));
    if (owner == layer) return candidate;
  }
  return std::string();
}

Result<void> Applier::builtin_fragment(const std::string& fragment, const std::string& variable,
                                       const Span& span, data::Store& d) {
  if (data::is_set(TRY(d.get(variable, Expand::Yes, Weak::Ignore)))) {
    return kind_error(Kind::Handled,
                      "A builtin fragment '" + fragment + "' is used while " + variable +
                          " has already got an assignment.\nPlease either disable the fragment or "
                          "remove the value assignment.\nTo disable the fragment, use "
                          "'bitbake-config-build disable-fragment " +
                          fragment + "'.");
  }
  return d.set(variable, fragment.substr(fragment.find('/') + 1), Writer::Parser,
               Origin{span, {}, {}});
}

Result<void> Applier::apply(const Span& span, const parser::AddFragments& fragments,
                            data::Store& d) {
  std::map<std::string, std::string> builtin;
  for (const auto& pair : words(TRY(d.text(fragments.builtin_variable))))
    builtin[pair.substr(0, pair.find(':'))] = pair.substr(pair.find(':') + 1);
  if (data::is_set(TRY(d.get("_BB_SKIP_FRAGMENTS")))) return {};
  const std::string prefix = TRY(d.expand(fragments.prefix));
  for (const auto& fragment : words(TRY(d.text(fragments.enabled_variable)))) {
    if (auto found = builtin.find(fragment.substr(0, fragment.find('/'))); found != builtin.end()) {
      TRY_VOID(builtin_fragment(fragment, found->second, span, d));
      continue;
    }
    std::string path = TRY(fragment_file(fragment, prefix, d));
    if (path.empty()) return no_fragment(fragment, prefix, span, d);
    TRY_VOID(file(path, d));
    for (const auto& flagged : words(TRY(d.text(fragments.flagged_variables)))) {
      data::Value value = TRY(d.get(flagged));
      if (!data::is_set(value)) continue;
      TRY_VOID(d.set_flag(flagged, fragment, value));
      TRY_VOID(d.set(flagged, data::Value(), Writer::Parser));  // its flags stay
    }
  }
  return {};
}

}  // namespace hitz::eval
