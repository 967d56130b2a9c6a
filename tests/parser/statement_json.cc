// SPDX-License-Identifier: Apache-2.0
#include "tests/parser/statement_json.h"

#include <fmt/format.h>

using namespace hitz::parser;

namespace {

std::string list(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const std::string& name : names) {
    if (out.size() > 1) out += ", ";
    out += json_string(name);
  }
  return out + "]";
}

template <class... Parts>
std::string row(std::string_view kind, const Parts&... parts) {
  std::string out = "[" + json_string(kind);
  ((out += ", " + std::string(parts)), ...);
  return out;
}

std::string number(std::uint32_t value) {
  return std::to_string(value);
}

struct ToJson {
  std::string operator()(const Assign& s) const {
    return row("assign", json_string(s.name), json_string(s.flag), json_string(text_of(s.op)),
               json_string(s.value), s.exported == Exported::Yes ? "true" : "false");
  }
  std::string operator()(const Export& s) const { return row("export", json_string(s.name)); }
  std::string operator()(const Unset& s) const {
    return row("unset", json_string(s.name), json_string(s.flag));
  }
  std::string operator()(const Inherit& s) const {
    return row(s.when == Inherit::When::Now ? "inherit" : "inherit_defer", json_string(s.classes));
  }
  std::string operator()(const Include& s) const {
    return row(text_of(s.mode), json_string(s.files));
  }
  std::string operator()(const AddTask& s) const {
    return row("addtask", list(s.names), list(s.before), list(s.after));
  }
  std::string operator()(const DelTask& s) const { return row("deltask", json_string(s.names)); }
  std::string operator()(const AddHandler& s) const { return row("addhandler", list(s.names)); }
  std::string operator()(const ExportFunctions& s) const {
    return row("EXPORT_FUNCTIONS", list(s.names), json_string(s.class_name));
  }
  std::string operator()(const AddPylib& s) const {
    return row("addpylib", json_string(s.folder), json_string(s.package));
  }
  std::string operator()(const AddFragments& s) const {
    return row("addfragments", json_string(s.prefix), json_string(s.enabled_variable),
               json_string(s.flagged_variables), json_string(s.builtin_variable));
  }
  std::string operator()(const Function& s) const {
    return row("function", json_string(s.name),
               s.language == Language::Python ? "\"python\"" : "\"shell\"",
               s.root == Function::Root::Fake ? "true" : "false", json_string(s.body),
               number(s.closing_line));
  }
  std::string operator()(const PythonDef& s) const {
    return row("def", json_string(s.name), json_string(s.text));
  }
};

}  // namespace

const char* text_of(Operator op) {
  switch (op) {
    case Operator::Set: return "=";
    case Operator::Immediate: return ":=";
    case Operator::Weak: return "?=";
    case Operator::Weakest: return "?\?=";
    case Operator::Append: return "+=";
    case Operator::Prepend: return "=+";
    case Operator::DotAppend: return ".=";
    case Operator::DotPrepend: return "=.";
  }
  return "";
}

const char* text_of(Include::Mode mode) {
  switch (mode) {
    case Include::Mode::Optional: return "include";
    case Include::Mode::Required: return "require";
    case Include::Mode::Everywhere: return "include_all";
  }
  return "";
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string statement_json(const Statement& statement) {
  return std::visit(ToJson(), statement.body) + ", " + number(statement.span.line) + "]";
}
