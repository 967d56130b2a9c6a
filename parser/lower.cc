// SPDX-License-Identifier: Apache-2.0
#include "parser/lower.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <tree_sitter/api.h>

#include "engine/base/handle.h"
#include "engine/base/text.h"
#include "parser/line.h"

extern "C" const TSLanguage* tree_sitter_bitbake();

namespace hitz::parser {

namespace {

using ParserHandle = Handle<TSParser, ts_parser_delete>;
using TreeHandle = Handle<TSTree, ts_tree_delete>;

class Lowering {
 public:
  explicit Lowering(const Source& source) : source_(source), lines_(source.text) {}

  Result<std::shared_ptr<const Unit>> run() {
    TRY_VOID(check_encoding());
    ParserHandle parser(ts_parser_new());
    if (!ts_parser_set_language(parser.get(), tree_sitter_bitbake()))
      return internal_error("the grammar does not fit libtree-sitter");
    TreeHandle tree(ts_parser_parse_string(parser.get(), nullptr, source_.text.data(),
                                           static_cast<std::uint32_t>(source_.text.size())));
    if (!tree) return internal_error("tree-sitter gave up on " + source_.path);
    TSNode root = ts_tree_root_node(tree.get());
    collect(root);
    if (ts_node_has_error(root)) return fail(unparsed(root));
    unit_->file = source_.file;
    for (std::size_t i = 0; i < nodes_.size(); ++i) TRY_VOID(statement(i));
    return std::shared_ptr<const Unit>(std::move(unit_));
  }

 private:
  // ---- places
  std::uint32_t begin(TSNode node) const { return ts_node_start_byte(node); }
  std::uint32_t end(TSNode node) const { return ts_node_end_byte(node); }
  std::string_view raw(TSNode node) const {
    return source_.text.substr(begin(node), end(node) - begin(node));
  }
  std::string joined(TSNode node) const { return without_continuations(raw(node)); }
  std::string_view type(TSNode node) const { return ts_node_type(node); }
  std::uint32_t last_line(TSNode node) const {
    return lines_.line_of(end(node) > begin(node) ? end(node) - 1 : end(node));
  }
  TSNode field(TSNode node, std::string_view name) const {
    return ts_node_child_by_field_name(node, name.data(), static_cast<std::uint32_t>(name.size()));
  }

  Error parse_error(std::uint32_t line, const std::string& what) const {
    return Error{Blame::Input,
                 "ParseError at " + source_.path + ":" + std::to_string(line) + ": " + what,
                 {},
                 Kind::Parse,
                 {}};
  }
  Error fatal(std::uint32_t line, const std::string& what) const {
    return Error{Blame::Input,
                 source_.path + ":" + std::to_string(line) + ": " + what,
                 {},
                 Kind::Handled,
                 {}};
  }
  Error unparsed_node(TSNode node) const {
    return parse_error(last_line(node), "unparsed line: '" + std::string(trim(joined(node))) + "'");
  }

  void collect(TSNode root) {
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      do {
        nodes_.push_back(ts_tree_cursor_current_node(&cursor));
      } while (ts_tree_cursor_goto_next_sibling(&cursor));
    }
    ts_tree_cursor_delete(&cursor);
  }

  std::vector<TSNode> children(TSNode node) const {
    std::vector<TSNode> out;
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      do {
        out.push_back(ts_tree_cursor_current_node(&cursor));
      } while (ts_tree_cursor_goto_next_sibling(&cursor));
    }
    ts_tree_cursor_delete(&cursor);
    return out;
  }

  // The first node that is or holds an error, told as BitBake tells a line it cannot parse.
  Error unparsed(TSNode root) const {
    TSNode node = root;
    for (bool deeper = true; deeper;) {
      deeper = false;
      for (TSNode child : children(node)) {
        if (!ts_node_has_error(child) && !ts_node_is_missing(child)) continue;
        node = child;
        deeper = type(child) != "ERROR" && !ts_node_is_missing(child);
        break;
      }
    }
    if (ts_node_is_missing(node) && type(node) == "}" && begin(node) >= source_.text.size()) {
      return parse_error(
          lines_.count(),
          "Unparsed lines from unclosed function: there is no line that is just '}'");
    }
    auto [line, text] = lines_.logical_line_at(begin(node));
    return parse_error(line, "unparsed line: '" + text + "'");
  }

  Result<void> check_encoding() const {
    if (source_.text.starts_with("\xef\xbb\xbf"))
      return fail(parse_error(1, "unparsed line: the file begins with a byte order mark"));
    if (auto line = first_invalid_utf8(source_.text)) {
      return fail(Error{Blame::Input,
                        "UnicodeDecodeError at " + source_.path + ":" + std::to_string(*line) +
                            ": the text is not UTF-8",
                        {},
                        Kind::Parse,
                        {}});
    }
    return {};
  }

  // ---- statements
  void add(TSNode node, std::uint32_t line, Body body) {
    unit_->statements.push_back(
        {Span{source_.file, begin(node), end(node), line}, std::move(body)});
  }

  Result<void> statement(std::size_t index) {
    TSNode node = nodes_[index];
    std::string_view kind = type(node);
    if (kind == "comment") return comment(index);
    if (kind == "python_definition") return python_definition(index);
    bool function = kind == "shell_function" || kind == "python_function";
    if (!function) TRY_VOID(check_comment_inside(node, last_line(node)));
    if (source_.dialect == Dialect::Configuration && (function || !known_to_configuration(kind)))
      return fail(unparsed_node(node));
    if (function) return this->function(node);
    if (kind == "assignment") return assignment(node);
    if (kind == "export_statement" || kind == "unset_statement")
      return export_or_unset(node, kind == "export_statement");
    return directive(node, kind);
  }

  static bool known_to_configuration(std::string_view kind) {
    static constexpr std::array<std::string_view, 8> kKnown = {
        "assignment",         "export_statement",      "unset_statement",
        "include_directive",  "require_directive",     "include_all_directive",
        "addpylib_statement", "addfragments_statement"};
    return std::find(kKnown.begin(), kKnown.end(), kind) != kKnown.end();
  }

  Result<void> comment(std::size_t index) {
    TSNode node = nodes_[index];
    bool after_def = index > 0 && type(nodes_[index - 1]) == "python_definition";
    if (after_def || !raw(node).ends_with('\\')) return {};
    std::uint32_t line = last_line(node);
    if (line < lines_.count() && !lines_.text(line + 1).starts_with('#')) {
      return fail(fatal(line,
                        "there is a confusing multiline, partially commented expression; is the "
                        "next line a comment or should it be parsed?"));
    }
    return {};
  }

  // A '#' line amid a continued statement is fatal in a recipe and text in a .conf.
  Result<void> check_comment_inside(TSNode node, std::uint32_t last) const {
    if (source_.dialect == Dialect::Configuration) return {};
    for (std::uint32_t line = lines_.line_of(begin(node)) + 1; line <= last; ++line) {
      if (lines_.text(line).starts_with('#')) {
        return fail(fatal(line,
                          "there is a comment in the middle of a multiline expression; comments "
                          "are not allowed there"));
      }
    }
    return {};
  }

  Result<void> assignment(TSNode node) {
    std::uint32_t line = last_line(node);
    Assign out;
    TSNode name = field(node, "name");
    TSNode flag = field(node, "flag");
    TSNode op = field(node, "operator");
    out.name = ts_node_is_null(name) ? "" : std::string(trim(joined(name)));
    if (!ts_node_is_null(flag)) out.flag = std::string(trim(joined(flag)));
    if (out.name.empty())
      return fail(parse_error(
          line, "Empty variable name in assignment: '" + std::string(trim(joined(node))) + "'"));
    if (type(children(node)[0]) == "export") out.exported = Exported::Yes;
    static constexpr std::array<std::pair<std::string_view, Operator>, 8> kOperators = {
        {{"=", Operator::Set},
         {":=", Operator::Immediate},
         {"?=", Operator::Weak},
         {"??=", Operator::Weakest},
         {"+=", Operator::Append},
         {"=+", Operator::Prepend},
         {".=", Operator::DotAppend},
         {"=.", Operator::DotPrepend}}};
    for (const auto& [text, value] : kOperators) {
      if (type(op) == text) out.op = value;
    }
    std::string value = joined(field(node, "value"));
    out.value = value.size() >= 2 ? value.substr(1, value.size() - 2) : "";
    if (source_.release == Release::Wrynose) check_blanks(node, op, line);
    add(node, line, std::move(out));
    return {};
  }

  void check_blanks(TSNode node, TSNode op, std::uint32_t line) {
    auto blank = [&](std::uint32_t at) {
      return std::strchr(" \t\n\\", source_.text[at]) != nullptr;
    };
    if (blank(begin(op) - 1) && blank(end(op))) return;
    unit_->warnings.push_back({Span{source_.file, begin(node), end(node), line},
                               source_.path + ":" + std::to_string(line) +
                                   " has a lack of whitespace around the assignment: '" +
                                   joined(node) + "'"});
  }

  Result<void> export_or_unset(TSNode node, bool exported) {
    std::string text = std::string(trim(after_keyword(node)));
    std::string flag;
    if (std::size_t open = text.find('['); open != std::string::npos) {
      flag = text.substr(open + 1, text.size() - open - 2);
      text.resize(open);
      if (exported || flag.size() < 2 || flag.find('/') != std::string::npos)
        return fail(unparsed_node(node));
    }
    if (text.empty() || text.find_first_of(": \t") != std::string::npos)
      return fail(unparsed_node(node));
    std::uint32_t line = last_line(node);
    if (exported) {
      add(node, line, Export{std::move(text)});
    } else {
      add(node, line, Unset{std::move(text), std::move(flag)});
    }
    return {};
  }

  // The rest of the logical line after the keyword and its blanks.
  std::string after_keyword(TSNode node) const {
    TSNode keyword = children(node)[0];
    std::string rest =
        without_continuations(source_.text.substr(end(keyword), end(node) - end(keyword)));
    return std::string(trim(rest));
  }

  Result<void> directive(TSNode node, std::string_view kind) {
    std::uint32_t line = last_line(node);
    std::string rest = after_keyword(node);
    auto list = words(rest);
    if (kind == "inherit_directive") {
      add(node, line, Inherit{rest, Inherit::When::Now});
    } else if (kind == "inherit_defer_directive") {
      add(node, line, Inherit{rest, Inherit::When::Deferred});
    } else if (kind == "include_directive") {
      add(node, line, Include{rest, Include::Mode::Optional});
    } else if (kind == "require_directive") {
      add(node, line, Include{rest, Include::Mode::Required});
    } else if (kind == "include_all_directive") {
      add(node, line, Include{rest, Include::Mode::Everywhere});
    } else if (kind == "addtask_statement") {
      return add_task(node, rest, line);
    } else if (kind == "deltask_statement") {
      add(node, line,
          DelTask{source_.release == Release::Wrynose
                      ? std::string(trim(rest.substr(0, rest.find('#'))))
                      : rest});
    } else if (kind == "addhandler_statement") {
      add(node, line, AddHandler{std::move(list)});
    } else if (kind == "export_functions_statement") {
      add(node, line, ExportFunctions{std::move(list), class_name()});
    } else if (kind == "addpylib_statement" && list.size() == 2) {
      add(node, line, AddPylib{list[0], list[1]});
    } else if (kind == "addfragments_statement" && list.size() == 4 &&
               source_.release == Release::Wrynose) {
      add(node, line, AddFragments{list[0], list[1], list[2], list[3]});
    } else {
      return fail(unparsed_node(node));
    }
    return {};
  }

  std::string class_name() const {
    if (!source_.path.ends_with(".bbclass")) return "";
    std::size_t slash = source_.path.rfind('/');
    std::string name = slash == std::string::npos ? source_.path : source_.path.substr(slash + 1);
    return name.substr(0, name.size() - std::strlen(".bbclass"));
  }

  Result<void> add_task(TSNode node, const std::string& rest, std::uint32_t line) {
    for (const auto& word : words(rest)) {
      for (std::string_view keyword : {":append_", ":prepend_", ":remove_"}) {
        if (word.find(keyword) == std::string::npos) continue;
        return fail(parse_error(
            line, "Task name '" + word +
                      "' contains a keyword which is not recommended/supported; rename the task"));
      }
    }
    add(node, line, add_task_of(rest, source_.release));
    return {};
  }

  Result<void> function(TSNode node) {
    Function out;
    bool python = false;
    std::uint32_t open = begin(node);
    for (TSNode child : children(node)) {
      std::string_view kind = type(child);
      python |= kind == "python";
      if (kind == "fakeroot") out.root = Function::Root::Fake;
      if (kind == "{") open = end(child);
      if (kind == "{") break;
    }
    TSNode name = field(node, "name");
    out.name = ts_node_is_null(name) ? "__anonymous"
                                     : replace_all(std::string(trim(joined(name))), " ", "");
    out.language = python ? Language::Python : Language::Shell;
    std::size_t body = source_.text.find('\n', open);
    std::uint32_t header = lines_.line_of(open);
    out.body = lines_of_body(source_.text.substr(body + 1, end(node) - body - 1));
    out.closing_line = lines_.line_of(end(node) - 1);
    if (python || out.name == "__anonymous") warn_tabs(out.body, header + 1, node);
    add(node, header, std::move(out));
    return {};
  }

  // Lines right-stripped; the closing line is not among them.
  static std::string lines_of_body(std::string_view text) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t end; (end = text.find('\n', at)) != std::string_view::npos; at = end + 1) {
      out += right_stripped(text.substr(at, end - at));
      out += '\n';
    }
    return out;
  }

  void warn_tabs(std::string_view body, std::uint32_t line, TSNode node) {
    for (const auto& text : split(body, '\n')) {
      std::size_t first = text.find_first_not_of(' ');
      if (first != std::string::npos && text[first] == '\t') {
        unit_->warnings.push_back({Span{source_.file, begin(node), end(node), line},
                                   "python should use 4 spaces indentation, but found tabs in " +
                                       source_.path + ", line " + std::to_string(line)});
      }
      ++line;
    }
  }

  // All lines to the next statement that is no comment belong to the def.
  Result<void> python_definition(std::size_t index) {
    TSNode node = nodes_[index];
    if (source_.dialect == Dialect::Configuration) return fail(unparsed_node(node));
    std::size_t next = index + 1;
    while (next < nodes_.size() && type(nodes_[next]) == "comment") ++next;
    std::uint32_t first = lines_.line_of(begin(node));
    bool last = next >= nodes_.size();
    std::uint32_t stop = last ? lines_.count() + 1 : lines_.line_of(begin(nodes_[next]));
    std::string text;
    for (std::uint32_t line = first; line < stop; ++line) {
      if (line != first) text += '\n';
      text += right_stripped(lines_.text(line));
    }
    PythonDef out{std::string(raw(field(node, "name"))), std::move(text)};
    warn_tabs(out.text, first, node);
    add(node, first - 1, std::move(out));
    return {};
  }

  const Source& source_;
  Lines lines_;
  std::vector<TSNode> nodes_;
  std::shared_ptr<Unit> unit_ = std::make_shared<Unit>();
};

void complete_names(std::vector<std::string>& names) {
  for (auto& name : names) {
    if (!name.starts_with("do_")) name.insert(0, "do_");
  }
}

std::vector<std::string> split_text(std::string_view text, std::string_view separator) {
  std::vector<std::string> out;
  for (std::size_t at = 0;;) {
    std::size_t end = text.find(separator, at);
    out.emplace_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return out;
    at = end + separator.size();
  }
}

// What follows a keyword, in every piece cut at the other one; pieces are joined without a blank,
// as BitBake does.
std::string list_after(std::string_view text, std::string_view keyword, std::string_view other) {
  std::string out;
  for (const auto& piece : split_text(text, other)) {
    auto parts = split_text(piece, keyword);
    parts.erase(parts.begin());
    out += join(parts, " ");
  }
  return out;
}

AddTask add_task_of_scarthgap(std::string_view text) {
  AddTask out;
  std::vector<std::string>* into = &out.names;
  for (auto& word : words(text)) {
    if (word == "before" && into != &out.before) {
      into = &out.before;
    } else if (word == "after" && into != &out.after) {
      into = &out.after;
    } else {
      into->push_back(std::move(word));
    }
  }
  if (out.names.size() > 1) out.names.resize(1);
  complete_names(out.names);
  return out;
}

}  // namespace

AddTask add_task_of(std::string_view text, Release release) {
  if (release == Release::Scarthgap) return add_task_of_scarthgap(text);
  text = text.substr(0, text.find('#'));
  AddTask out;
  out.names = words(split_text(split_text(text, " before ")[0], " after ")[0]);
  out.after = words(list_after(text, " after ", " before "));
  out.before = words(list_after(text, " before ", " after "));
  complete_names(out.names);
  complete_names(out.after);
  complete_names(out.before);
  return out;
}

Result<std::shared_ptr<const Unit>> lower(const Source& source) {
  return Lowering(source).run();
}

}  // namespace hitz::parser
