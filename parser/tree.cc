// SPDX-License-Identifier: Apache-2.0
#include "parser/tree.h"

#include <array>
#include <cassert>
#include <string>
#include <utility>

static_assert(TREE_SITTER_LANGUAGE_VERSION >= 14, "the grammar is generated for ABI 14");

extern "C" const TSLanguage* tree_sitter_bitbake();

namespace hitz::parser {

namespace {

constexpr std::array<std::pair<std::string_view, NodeKind>, 18> kKinds = {{
    {"comment", NodeKind::Comment},
    {"assignment", NodeKind::Assignment},
    {"export_statement", NodeKind::Export},
    {"unset_statement", NodeKind::Unset},
    {"inherit_directive", NodeKind::Inherit},
    {"inherit_defer_directive", NodeKind::InheritDefer},
    {"include_directive", NodeKind::Include},
    {"include_all_directive", NodeKind::IncludeAll},
    {"require_directive", NodeKind::Require},
    {"addtask_statement", NodeKind::AddTask},
    {"deltask_statement", NodeKind::DelTask},
    {"addhandler_statement", NodeKind::AddHandler},
    {"export_functions_statement", NodeKind::ExportFunctions},
    {"addpylib_statement", NodeKind::AddPylib},
    {"addfragments_statement", NodeKind::AddFragments},
    {"shell_function", NodeKind::ShellFunction},
    {"python_function", NodeKind::PythonFunction},
    {"python_definition", NodeKind::PythonDefinition},
}};

TSSymbol symbol(std::string_view name, bool named) {
  return ts_language_symbol_for_name(tree_sitter_bitbake(), name.data(),
                                     static_cast<std::uint32_t>(name.size()), named);
}

TSFieldId field(std::string_view name) {
  return ts_language_field_id_for_name(tree_sitter_bitbake(), name.data(),
                                       static_cast<std::uint32_t>(name.size()));
}

}  // namespace

Grammar::Grammar() : parser_(ts_parser_new()) {
  bool loads = ts_parser_set_language(parser_.get(), tree_sitter_bitbake());
  assert(loads);
  static_cast<void>(loads);
  kinds_.resize(ts_language_symbol_count(tree_sitter_bitbake()), NodeKind::Other);
  for (auto [name, kind] : kKinds) kinds_[symbol(name, true)] = kind;
  names_ = {field("name"), field("flag"),           field("operator"),        field("value"),
            field("body"), symbol("export", false), symbol("fakeroot", false)};
}

Tree Grammar::parse(std::string_view text) {
  return Tree(ts_parser_parse_string(parser_.get(), nullptr, text.data(),
                                     static_cast<std::uint32_t>(text.size())));
}

NodeKind Grammar::kind(TSNode node) const {
  TSSymbol symbol = ts_node_symbol(node);
  return symbol < kinds_.size() ? kinds_[symbol] : NodeKind::Other;  // an error's is 65535
}

Fields Grammar::fields(TSNode node) const {
  Fields out;
  TSTreeCursor cursor = ts_tree_cursor_new(node);
  for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
       more = ts_tree_cursor_goto_next_sibling(&cursor)) {
    TSNode child = ts_tree_cursor_current_node(&cursor);
    TSFieldId id = ts_tree_cursor_current_field_id(&cursor);
    if (id == 0) {
      out.exported |= ts_node_symbol(child) == names_.exported;
      out.fakeroot |= ts_node_symbol(child) == names_.fakeroot;
    } else if (id == names_.name) {
      out.name = child;
    } else if (id == names_.flag) {
      out.flag = child;
    } else if (id == names_.op) {
      out.op = child;
    } else if (id == names_.value) {
      out.value = child;
    } else if (id == names_.body) {
      out.body = child;
    }
  }
  ts_tree_cursor_delete(&cursor);
  return out;
}

}  // namespace hitz::parser
