// SPDX-License-Identifier: Apache-2.0
#include "tests/parser/dump.h"

#include "tests/parser/statement_json.h"

using namespace hitz;
using namespace hitz::parser;

namespace {

std::string flagged(const std::string& name, const std::string& flag) {
  return flag.empty() ? name : name + "[" + flag + "]";
}

std::string each(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& name : list) out += " " + name;
  return out;
}

std::string names(std::string_view keyword, const std::vector<std::string>& list) {
  return list.empty() ? "" : " " + std::string(keyword) + each(list);
}

std::string quoted(std::string_view keyword, const std::string& text) {
  return std::string(keyword) + " " + json_string(text);
}

struct Readable {
  std::string operator()(const Assign& s) const {
    return (s.exported == Exported::Yes ? "export " : "") + flagged(s.name, s.flag) + " " +
           quoted(text_of(s.op), s.value);
  }
  std::string operator()(const Export& s) const { return "export " + s.name; }
  std::string operator()(const Unset& s) const { return "unset " + flagged(s.name, s.flag); }
  std::string operator()(const Inherit& s) const {
    return quoted(s.when == Inherit::When::Now ? "inherit" : "inherit_defer", s.classes);
  }
  std::string operator()(const Include& s) const { return quoted(text_of(s.mode), s.files); }
  std::string operator()(const AddTask& s) const {
    return "addtask" + each(s.names) + names("before", s.before) + names("after", s.after);
  }
  std::string operator()(const DelTask& s) const { return quoted("deltask", s.names); }
  std::string operator()(const AddHandler& s) const { return "addhandler" + each(s.names); }
  std::string operator()(const ExportFunctions& s) const {
    return "EXPORT_FUNCTIONS" + each(s.names) + " of " + json_string(s.class_name);
  }
  std::string operator()(const AddPylib& s) const {
    return quoted("addpylib", s.folder) + " " + json_string(s.package);
  }
  std::string operator()(const AddFragments& s) const {
    return quoted("addfragments", s.prefix) + " " + json_string(s.enabled_variable) + " " +
           json_string(s.flagged_variables) + " " + json_string(s.builtin_variable);
  }
  std::string operator()(const Function& s) const {
    return std::string(s.root == Function::Root::Fake ? "fakeroot " : "") +
           (s.language == Language::Python ? "python " : "shell ") + quoted(s.name, s.body) +
           " closed on " + std::to_string(s.closing_line);
  }
  std::string operator()(const PythonDef& s) const { return quoted("def " + s.name, s.text); }
};

}  // namespace

std::string readable(const Statement& statement) {
  return std::to_string(statement.span.line) + ": " + std::visit(Readable(), statement.body);
}
