// SPDX-License-Identifier: Apache-2.0
// Files that files name: include, require, inherit, and where they are looked for.

#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/eval/statements.h"

namespace hitz::eval {

namespace {

constexpr char kSeparator = '\x1f';
constexpr int kNoisy = 6;  // files within files that still warn

/// What may have been meant by a file that is nowhere on a search path.
std::string near_file(const std::string& name, const std::string& search_path) {
  std::vector<std::string> there;
  for (const auto& folder : split(search_path, ':')) {
    if (folder.empty()) continue;
    std::string within = parent_of(join_path(folder, name));
    for (const auto& path : list_folder(within))
      there.push_back(parent_of(name).empty() || name.find('/') == std::string::npos
                          ? base_name(path)
                          : join_path(parent_of(name), base_name(path)));
  }
  return suggestion(name, there);
}

/// The same of a class; one that is there for the other kind of files is told.
std::string near_class(const std::string& name, const std::string& type,
                       const std::string& search_path) {
  constexpr std::string_view kClass = ".bbclass";
  std::vector<std::string> there;
  for (const auto& folder : split(search_path, ':')) {
    for (const char* other : {"global", "recipe"}) {
      std::string path = join_path(folder, std::string("classes-") + other + "/" + name);
      if (!folder.empty() && other != type && exists(path + std::string(kClass)))
        return "; " + path + std::string(kClass) + " is for " +
               (other == std::string("global") ? "INHERIT alone" : "recipes alone");
    }
    for (const auto& kind : {std::string("classes"), "classes-" + type}) {
      for (const auto& path : list_folder(folder.empty() ? "" : join_path(folder, kind))) {
        std::string file = base_name(path);
        if (file.ends_with(kClass)) there.push_back(file.substr(0, file.size() - kClass.size()));
      }
    }
  }
  return suggestion(name, there);
}

}  // namespace

bool depend_on(const std::string& path, data::Store& d) {
  return d.add_to_list("__depends", path);
}

Found find_on_path(const std::string& name, const std::string& search_path, data::Store& d) {
  if (name.starts_with('/')) {
    bool fresh = depend_on(name, d);
    return exists(name) ? Found{name, !fresh} : Found();
  }
  for (const auto& folder : split(search_path, ':')) {
    std::string candidate = folder.empty() ? name : join_path(folder, name);
    // An empty entry is the folder that hitz runs in.
    if (!candidate.starts_with('/')) candidate = absolute_path(candidate);
    bool fresh = depend_on(candidate, d);
    if (exists(candidate)) return {candidate, !fresh};
  }
  return {};
}

Result<void> Applier::include_one(const std::string& name, parser::Include::Mode mode,
                                  const Span& span, data::Store& d) {
  const std::string from = path_of(span);
  if (name == from) return {};
  std::string search = parent_of(from) + ":" + TRY(d.text("BBPATH"));
  const auto [found, again] = find_on_path(name, search, d);
  const std::string& file_name = found.empty() ? name : found;
  bool known = file_name.ends_with(".conf") || file_name.ends_with(".bb") ||
               file_name.ends_with(".inc") || file_name.ends_with(".bbclass");
  if (!known) {
    Error error{
        Blame::Input, "ParseError in " + file_name + ": not a BitBake file", {}, Kind::Parse};
    error.while_doing("included at " + reader_.sources().place(span));
    return fail(std::move(error));
  }
  if (found.empty()) {
    if (d.tracking() == data::Store::Tracking::On) inclusions_.push_back({depth_, name});
    if (mode != parser::Include::Mode::Required) return {};
    Error error{Blame::Input,
                "ParseError at " + reader_.sources().place(span) +
                    ": Could not include required file " + name,
                {},
                Kind::Parse};
    return fail(std::move(error.with_hint(near_file(name, search))));
  }
  // What includes itself without end is told once, at its end.
  if (again && depth_ < kNoisy)
    python_.warn("Duplicate inclusion for " + found + " in " + TRY(d.text("FILE")));
  return file(found, d);
}

Result<void> Applier::apply(const Span& span, const parser::Include& include, data::Store& d) {
  for (const auto& name : words(TRY(d.expand(include.files)))) {
    if (include.mode != parser::Include::Mode::Everywhere) {
      TRY_VOID(include_one(name, include.mode, span, d));
      continue;
    }
    for (const auto& folder : split(TRY(d.text("BBPATH")), ':')) {
      std::string path = join_path(folder, name);
      depend_on(path, d);
      if (folder.empty()) continue;
      if (exists(path)) {
        TRY_VOID(file(path, d));
      } else if (d.tracking() == data::Store::Tracking::On) {
        inclusions_.push_back({depth_, path});
      }
    }
  }
  return {};
}

Result<void> Applier::inherit(std::string_view classes, data::Store& d, const Span& span) {
  std::vector<std::string> deferred;
  if (reader_.release() != parser::Release::Scarthgap)
    deferred = words(TRY(d.text("BB_DEFER_BBCLASSES")));
  std::string type = TRY(d.text("__bbclasstype"));
  for (const auto& name : words(TRY(d.expand(classes)))) {
    if (std::find(deferred.begin(), deferred.end(), name) != deferred.end() && span.file.valid()) {
      TRY_VOID(inherit_later(name, d, span));
      continue;
    }
    std::string search = TRY(d.text("BBPATH"));
    std::string found;
    if (name.ends_with(".bbclass")) {
      found = find_on_path(name, search, d).path;
    } else {
      if (!type.empty())
        found = find_on_path("classes-" + type + "/" + name + ".bbclass", search, d).path;
      if (found.empty()) found = find_on_path("classes/" + name + ".bbclass", search, d).path;
    }
    if (found.empty()) {
      std::string place = span.file.valid() ? " at " + reader_.sources().place(span) : "";
      Error error{Blame::Input,
                  "ParseError" + place + ": Could not inherit file classes/" + name + ".bbclass",
                  {},
                  Kind::Parse};
      return fail(std::move(error.with_hint(near_class(name, type, search))));
    }
    if (!d.add_to_list("__inherit_cache", found)) continue;
    auto result = file(found, d);
    if (result) continue;
    Error error = std::move(result.error());
    if (error.kind != Kind::SkipRecipe) error.while_doing("while inheriting " + name);
    return fail(std::move(error));
  }
  return {};
}

Result<void> Applier::inherit_later(std::string_view classes, data::Store& d, const Span& span) {
  auto list = d.list("__BBDEFINHERITS");
  list.push_back(std::string(classes) + kSeparator + std::to_string(span.file.value) + kSeparator +
                 std::to_string(span.line));
  d.set_list("__BBDEFINHERITS", std::move(list));
  return {};
}

Result<void> Applier::inherit_deferred(data::Store& d) {
  for (auto list = d.list("__BBDEFINHERITS"); !list.empty(); list = d.list("__BBDEFINHERITS")) {
    d.set_list("__BBDEFINHERITS", {});
    for (const auto& entry : list) {
      // No span: a class that is deferred by name must be inherited now, not deferred again.
      auto parts = split(entry, kSeparator);
      auto result = inherit(parts[0], d, {});
      if (result) continue;
      Error& error = result.error();
      Span span{FileId{static_cast<std::uint32_t>(std::stoul(parts[1]))}, 0, 0,
                static_cast<std::uint32_t>(std::stoul(parts[2]))};
      if (error.kind != Kind::SkipRecipe && span.file.valid())
        error.while_doing("deferred at " + reader_.sources().place(span));
      return fail(std::move(error));
    }
  }
  return {};
}

}  // namespace hitz::eval
