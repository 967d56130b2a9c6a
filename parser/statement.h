// SPDX-License-Identifier: Apache-2.0
#pragma once
// The statements of BitBake's language: what a line of a .bb, .bbappend, .inc, .bbclass or .conf
// says. Nothing is looked up or expanded here; texts are as BitBake's own statement list has them.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/source.h"

namespace hitz::parser {

enum class Operator {
  Set,         // =
  Immediate,   // :=
  Weak,        // ?=
  Weakest,     // ??=
  Append,      // +=   with a blank
  Prepend,     // =+   with a blank
  DotAppend,   // .=
  DotPrepend,  // =.
};

enum class Exported { No, Yes };

/// NAME [flag] operator "value".
struct Assign {
  std::string name;
  std::string flag;  // "" for none
  Operator op = Operator::Set;
  std::string value;
  Exported exported = Exported::No;
};

/// export NAME, without a value.
struct Export {
  std::string name;
};

/// unset NAME, unset NAME[flag].
struct Unset {
  std::string name;
  std::string flag;
};

/// inherit, inherit_defer: the words after the keyword, unexpanded.
struct Inherit {
  std::string classes;
  enum class When { Now, Deferred } when = When::Now;
};

/// include, require, include_all: the rest of the line, unexpanded.
struct Include {
  std::string files;
  enum class Mode { Optional, Required, Everywhere } mode = Mode::Optional;
};

/// addtask N... before ... after ...: task names are completed with do_ as the release wants; lists
/// are words.
struct AddTask {
  std::vector<std::string> names;
  std::vector<std::string> before;
  std::vector<std::string> after;
};

/// deltask: the words, unexpanded.
struct DelTask {
  std::string names;
};

struct AddHandler {
  std::vector<std::string> names;
};

struct ExportFunctions {
  std::vector<std::string> names;
  std::string class_name;  // of the file that says so, "" in a recipe
};

struct AddPylib {
  std::string folder;
  std::string package;
};

struct AddFragments {
  std::string prefix;
  std::string enabled_variable;
  std::string flagged_variables;
  std::string builtin_variable;
};

enum class Language { Shell, Python };

/// name () { ... }, python name () { ... }, fakeroot ...; the body's lines are right-stripped and
/// joined by "\n" with a final "\n".
struct Function {
  std::string name;  // "__anonymous" where the text has none
  Language language = Language::Shell;
  enum class Root { Real, Fake } root = Root::Real;
  std::string body;
  std::uint32_t closing_line = 0;  // of its "}": an anonymous function is named after it
};

/// def name(...): with its indented lines; the text is all of them, trailing comments and blank
/// lines included.
struct PythonDef {
  std::string name;
  std::string text;
};

using Body = std::variant<Assign, Export, Unset, Inherit, Include, AddTask, DelTask, AddHandler,
                          ExportFunctions, AddPylib, AddFragments, Function, PythonDef>;

struct Statement {
  Span span;  // line is the one BitBake reports: that of the logical line's last physical line; a
              // function's is its header
  Body body;
};

/// Something BitBake only warns about: missing blanks around an operator, tabs in Python code.
struct Warning {
  Span span;
  std::string message;
};

/// A parsed file. Shared by all who include it; immutable.
struct Unit {
  FileId file;
  std::vector<Statement> statements;
  std::vector<Warning> warnings;
};

}  // namespace hitz::parser
