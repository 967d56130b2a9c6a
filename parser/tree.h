// SPDX-License-Identifier: Apache-2.0
#pragma once
// The concrete syntax tree of a text. Only this room's .cc files include it: tree-sitter is hidden
// behind the statements.

#include <optional>
#include <string_view>
#include <vector>

#include <tree_sitter/api.h>

#include "engine/base/handle.h"
#include "parser/statement.h"

namespace hitz::parser {

/// What a line of the language is, and the parts of it that lowering looks at.
enum class NodeKind : std::uint8_t {
  Other,
  Comment,
  Assignment,
  Export,
  Unset,
  Inherit,
  InheritDefer,
  Include,
  IncludeAll,
  Require,
  AddTask,
  DelTask,
  AddHandler,
  ExportFunctions,
  AddPylib,
  AddFragments,
  ShellFunction,
  PythonFunction,
  PythonDefinition,
};

using Tree = Handle<TSTree, ts_tree_delete>;

/// The parts of a node by the names that the grammar gives them; a null node for one not there.
struct Fields {
  TSNode name{};
  TSNode flag{};
  TSNode op{};
  TSNode value{};
  TSNode body{};
  bool exported = false;
  bool fakeroot = false;
};

/// The grammar, ready to parse. Not for two threads at once.
class Grammar {
 public:
  Grammar();
  Tree parse(std::string_view text);
  NodeKind kind(TSNode node) const;
  Fields fields(TSNode node) const;

 private:
  Handle<TSParser, ts_parser_delete> parser_;
  std::vector<NodeKind> kinds_;  // by symbol
  struct Names {
    TSFieldId name, flag, op, value, body;
    TSSymbol exported, fakeroot;
  } names_{};
};

}  // namespace hitz::parser
