// SPDX-License-Identifier: Apache-2.0
#include "parser/lower.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "parser/directive.h"
#include "parser/fault.h"
#include "parser/lines.h"

namespace hitz::parser {

namespace {

/// One line's node and the text that its bytes count in: the file, or the line alone.
struct Parsed {
  TSNode node{};
  std::string_view text;

  std::string_view slice(std::size_t first, std::size_t last) const {
    return text.substr(first, last - first);
  }
  std::string words(TSNode part) const {
    return without_continuations(slice(ts_node_start_byte(part), ts_node_end_byte(part)));
  }
};

Operator operator_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Operator>, 7> kOperators = {{
      {":=", Operator::Immediate},
      {"?=", Operator::Weak},
      {"?\?=", Operator::Weakest},
      {"+=", Operator::Append},
      {"=+", Operator::Prepend},
      {".=", Operator::DotAppend},
      {"=.", Operator::DotPrepend},
  }};
  for (auto [name, op] : kOperators) {
    if (name == text) return op;
  }
  return Operator::Set;
}

/// The class that a file's EXPORT_FUNCTIONS speak for.
std::string class_of(std::string_view path) {
  std::string name = base_name(path);
  if (!name.ends_with(".bbclass")) return "";
  return name.substr(0, name.size() - std::string_view(".bbclass").size());
}

/// Only functions may have letters of other scripts in their names.
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

bool belongs_to_def(std::string_view line) {
  return line.empty() || line.front() == '#' || blank_length(line) > 0;
}

/// Whether a line's last character must be a part of what it says: a blank there can only come from
/// a line continued by nothing.
bool ends_with_its_text(NodeKind kind) {
  return kind == NodeKind::Assignment || kind == NodeKind::Export || kind == NodeKind::Unset ||
         kind == NodeKind::ShellFunction || kind == NodeKind::PythonFunction;
}

class Lowering {
 public:
  Lowering(Grammar& grammar, const Input& input)
      : grammar_(grammar),
        input_(input),
        tree_(grammar.parse(input.text)),
        cursor_(ts_tree_cursor_new(ts_tree_root_node(tree_.get()))),
        class_name_(class_of(input.path)) {
    unit_.file = input.file;
    has_node_ = ts_tree_cursor_goto_first_child(&cursor_);
  }
  ~Lowering() { ts_tree_cursor_delete(&cursor_); }
  Lowering(const Lowering&) = delete;
  Lowering& operator=(const Lowering&) = delete;

  Result<Unit> run();

 private:
  /// What the first character of a masked name stands for, when a line is read under a mask.
  using Mask = std::optional<std::string_view>;
  /// True when a line has become a statement, false when these rules know no such line.
  using Taken = Result<bool>;

  Result<void> one_line(const LogicalLine& line);
  void step_over(std::size_t last);
  std::optional<TSNode> node_of(const LogicalLine& line);
  bool is_whole(TSNode node, const LogicalLine& line) const;

  Taken take(const LogicalLine& line, const Parsed& parsed);
  Taken take_alone(const LogicalLine& line, std::string text, Mask mask = {});
  Taken take_nameless(const LogicalLine& line);
  Taken take_keyword_as_name(const LogicalLine& line);
  Taken take_failed_assignment(const LogicalLine& line);

  Taken assignment(const LogicalLine& line, const Parsed& parsed, const Fields& fields);
  Taken export_or_unset(const LogicalLine& line, const Parsed& parsed, NodeKind kind);
  Taken function(const LogicalLine& line, const Parsed& parsed, NodeKind kind);
  Taken definition(const LogicalLine& line, const Parsed& parsed);
  Taken addtask(const LogicalLine& line);
  Taken add(const LogicalLine& line, std::optional<Body> body);

  Span span(const LogicalLine& line, std::uint32_t number) const;
  void warn(const LogicalLine& line, std::uint32_t number, std::string message);
  void warn_of_tabs(const LogicalLine& line, std::uint32_t number, std::string_view body_line);

  Grammar& grammar_;
  const Input& input_;
  Tree tree_;
  TSTreeCursor cursor_;
  bool has_node_ = false;
  std::string class_name_;
  Unit unit_;
  Mask mask_;
  std::size_t at_ = 0;      // start of the next physical line
  std::uint32_t line_ = 1;  // and its number
};

Result<Unit> Lowering::run() {
  while (at_ < input_.text.size()) {
    LogicalLine line = logical_line(input_.text, at_, line_, input_.dialect);
    step_over(line.last);
    line_ = line.last_line + 1;
    TRY_VOID(one_line(line));
  }
  return std::move(unit_);
}

void Lowering::step_over(std::size_t last) {
  at_ = last + 1;
}

Result<void> Lowering::one_line(const LogicalLine& line) {
  if (line.fault != JoinFault::None) return join_error(input_.path, line);
  if (line.text().empty() || line.text().front() == '#') return {};
  if (auto node = node_of(line)) {
    if (TRY(take(line, Parsed{*node, input_.text}))) return {};
  } else if (TRY(take_alone(line, std::string(line.text())))) {
    return {};
  }
  if (TRY(take_nameless(line))) return {};
  if (TRY(take_keyword_as_name(line))) return {};
  if (TRY(take_failed_assignment(line))) return {};
  return unparsed_line(input_.path, line, input_.dialect);
}

/// The file's node for a line, when error recovery has left it whole.
std::optional<TSNode> Lowering::node_of(const LogicalLine& line) {
  for (; has_node_; has_node_ = ts_tree_cursor_goto_next_sibling(&cursor_)) {
    TSNode node = ts_tree_cursor_current_node(&cursor_);
    if (ts_node_start_byte(node) < line.first) continue;
    if (ts_node_start_byte(node) > line.last || !is_whole(node, line)) return std::nullopt;
    return node;
  }
  return std::nullopt;
}

bool Lowering::is_whole(TSNode node, const LogicalLine& line) const {
  if (ts_node_has_error(node) || ts_node_is_missing(node)) return false;
  NodeKind kind = grammar_.kind(node);
  bool has_body = kind == NodeKind::ShellFunction || kind == NodeKind::PythonFunction ||
                  kind == NodeKind::PythonDefinition;
  if (has_body) return true;
  // What recovery has left beside the node would be lost.
  std::size_t end = ts_node_end_byte(node);
  if (end > line.last) return false;
  std::string rest = without_continuations(input_.text.substr(end, line.last - end));
  return strip_left(rest).empty();
}

/// Reads a line as if it were the whole file. Under a mask it may only be an assignment.
Lowering::Taken Lowering::take_alone(const LogicalLine& line, std::string text, Mask mask) {
  if (text.starts_with("\xef\xbb\xbf")) return false;  // tree-sitter would not see it
  text += text.ends_with('{') ? "\n}\n" : "\n";
  Tree tree = grammar_.parse(text);
  TSNode root = ts_tree_root_node(tree.get());
  if (ts_node_has_error(root) || ts_node_child_count(root) != 1) return false;
  mask_ = mask;
  Taken taken = take(line, Parsed{ts_node_child(root, 0), text});
  mask_.reset();
  return taken;
}

/// An assignment without a name: the newer release says so, to the older one the operator's first
/// character is the name.
Lowering::Taken Lowering::take_nameless(const LogicalLine& line) {
  std::string_view text = line.text();
  std::size_t at = 0;
  if (text.starts_with("export") && blank_length(text.substr(6)) > 0) {
    at = text.size() - strip_left(text.substr(6)).size();
  }
  bool older = input_.release == Release::Scarthgap;
  std::string_view name = text.substr(at, 1);
  std::string_view sign = older ? name : strip_left(text.substr(at)).substr(0, 1);
  std::string_view signs = older ? "+.:" : "=?:+.[";
  if (sign.empty() || signs.find(sign) == std::string_view::npos) return false;
  std::string masked(text.substr(0, at));
  masked += "_";
  masked += text.substr(older ? at + 1 : at);
  return take_alone(line, std::move(masked), older ? name : "");
}

/// A keyword is a name like any other where the rules have no directive of that form.
Lowering::Taken Lowering::take_keyword_as_name(const LogicalLine& line) {
  std::string_view text = line.text();
  bool letter = (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z');
  if (!letter) return false;
  std::string masked(text);
  masked[0] = '_';
  return take_alone(line, std::move(masked), text.substr(0, 1));
}

/// What looks like an assignment to include, and is none for its value, includes that text.
Lowering::Taken Lowering::take_failed_assignment(const LogicalLine& line) {
  constexpr std::array<std::pair<std::string_view, NodeKind>, 5> kKeywords = {{
      {"include", NodeKind::Include},
      {"require", NodeKind::Require},
      {"include_all", NodeKind::IncludeAll},
      {"addpylib", NodeKind::AddPylib},
      {"addfragments", NodeKind::AddFragments},
  }};
  for (auto [keyword, kind] : kKeywords) {
    std::string_view text = line.text();
    if (!text.starts_with(keyword) || blank_length(text.substr(keyword.size())) == 0) continue;
    if (kind == NodeKind::AddPylib && input_.dialect == Dialect::Recipe) return false;
    return add(line, directive(kind, text, input_.release, class_name_));
  }
  return false;
}

Lowering::Taken Lowering::take(const LogicalLine& line, const Parsed& parsed) {
  NodeKind kind = grammar_.kind(parsed.node);
  if (ends_with_its_text(kind) && strip_right(line.text()).size() < line.text().size())
    return false;
  if (kind == NodeKind::Assignment) {
    return assignment(line, parsed, grammar_.fields(parsed.node));
  }
  if (mask_) return false;
  switch (kind) {
    case NodeKind::Export:
    case NodeKind::Unset: return export_or_unset(line, parsed, kind);
    case NodeKind::Include:
    case NodeKind::IncludeAll:
    case NodeKind::Require:
    case NodeKind::AddFragments:
      return add(line, directive(kind, line.text(), input_.release, class_name_));
    case NodeKind::Other:
    case NodeKind::Comment: return false;
    default: break;
  }
  if (kind == NodeKind::AddPylib) {
    if (input_.dialect == Dialect::Recipe) return false;
    return add(line, directive(kind, line.text(), input_.release, class_name_));
  }
  if (input_.dialect == Dialect::Configuration) return false;
  switch (kind) {
    case NodeKind::ShellFunction:
    case NodeKind::PythonFunction: return function(line, parsed, kind);
    case NodeKind::PythonDefinition: return definition(line, parsed);
    case NodeKind::AddTask: return addtask(line);
    default: return add(line, directive(kind, line.text(), input_.release, class_name_));
  }
}

Lowering::Taken Lowering::assignment(const LogicalLine& line, const Parsed& parsed,
                                     const Fields& fields) {
  Assign out;
  out.name = parsed.words(fields.name);
  out.op = operator_of(parsed.words(fields.op));
  out.exported = fields.exported ? Exported::Yes : Exported::No;
  bool flagged = !ts_node_is_null(fields.flag);
  if (flagged) out.flag = parsed.words(fields.flag);
  if (!is_ascii(out.name)) return false;
  if (input_.release == Release::Scarthgap && out.flag.find('/') != std::string::npos) return false;
  if (mask_) out.name.replace(0, 1, *mask_);

  std::string before = without_continuations(parsed.slice(
      ts_node_end_byte(flagged ? fields.flag : fields.name), ts_node_start_byte(fields.op)));
  if (flagged) before.erase(0, before.find(']') + 1);
  std::string after = without_continuations(
      parsed.slice(ts_node_end_byte(fields.op), ts_node_start_byte(fields.value)));
  if (input_.release == Release::Wrynose) {
    bool keyword_alone = out.name == "export" && !flagged && !before.empty();
    if (out.name.empty() || keyword_alone) {
      return parse_error(input_.path, line.last_line,
                         fmt::format("Empty variable name in assignment: '{}'", line.text()));
    }
    if (before.empty() || after.empty()) {
      warn(line, line.last_line,
           fmt::format("{}:{} has a lack of whitespace around the assignment: '{}'", input_.path,
                       line.last_line, line.text()));
    }
  }
  out.value = without_continuations(
      parsed.slice(ts_node_start_byte(fields.value) + 1, ts_node_end_byte(fields.value) - 1));
  return add(line, std::move(out));
}

Lowering::Taken Lowering::export_or_unset(const LogicalLine& line, const Parsed& parsed,
                                          NodeKind kind) {
  Fields fields = grammar_.fields(parsed.node);
  std::string name = parsed.words(fields.name);
  if (name.find(':') != std::string_view::npos || !is_ascii(name)) return false;
  if (kind == NodeKind::Export) return add(line, Export{std::move(name)});
  if (ts_node_is_null(fields.flag)) return add(line, Unset{std::move(name), ""});
  std::string flag = parsed.words(fields.flag);
  std::string tail = without_continuations(
      parsed.slice(ts_node_end_byte(fields.name), ts_node_end_byte(parsed.node)));
  if (tail != "[" + flag + "]") return false;
  if (flag.size() < 2 || flag.find('/') != std::string_view::npos) return false;
  return add(line, Unset{std::move(name), std::move(flag)});
}

Lowering::Taken Lowering::function(const LogicalLine& line, const Parsed& parsed, NodeKind kind) {
  Fields fields = grammar_.fields(parsed.node);
  Function out;
  out.name = ts_node_is_null(fields.name) ? "__anonymous" : parsed.words(fields.name);
  bool python = kind == NodeKind::PythonFunction || out.name == "__anonymous";
  out.language = python ? Language::Python : Language::Shell;
  out.root = fields.fakeroot ? Function::Root::Fake : Function::Root::Real;
  for (; at_ < input_.text.size(); ++line_) {
    std::string_view physical = physical_line(input_.text, at_);
    step_over(at_ + physical.size());
    physical = strip_right(physical);
    if (physical == "}") {
      out.closing_line = line_++;
      return add(line, std::move(out));
    }
    if (python) warn_of_tabs(line, line_, physical);
    out.body += physical;
    out.body += '\n';
  }
  return parse_error(
      input_.path, line_,
      fmt::format("the function '{}' of line {} is never closed", out.name, line.last_line));
}

Lowering::Taken Lowering::definition(const LogicalLine& line, const Parsed& parsed) {
  PythonDef out{parsed.words(grammar_.fields(parsed.node).name), std::string(line.text())};
  for (; at_ < input_.text.size(); ++line_) {
    std::string_view physical = physical_line(input_.text, at_);
    std::string_view stripped = strip_right(physical);
    if (!belongs_to_def(stripped)) break;
    step_over(at_ + physical.size());
    warn_of_tabs(line, line_, stripped);
    out.text += '\n';
    out.text += stripped;
  }
  return add(line, std::move(out));
}

Lowering::Taken Lowering::addtask(const LogicalLine& line) {
  auto body = directive(NodeKind::AddTask, line.text(), input_.release, class_name_);
  if (!body) return false;
  if (auto word = keyword_in_task(line.text())) {
    return parse_error(
        input_.path, 0,
        fmt::format("Task name '{}' contains a keyword which is not recommended/supported.",
                    *word));
  }
  if (input_.release == Release::Scarthgap) {
    std::string ignored = ignored_in_addtask(line.text());
    if (!ignored.empty()) warn(line, line.last_line, std::move(ignored));
  }
  return add(line, std::move(body));
}

Lowering::Taken Lowering::add(const LogicalLine& line, std::optional<Body> body) {
  if (!body) return false;
  unit_.statements.push_back(Statement{span(line, line.last_line), std::move(*body)});
  return true;
}

Span Lowering::span(const LogicalLine& line, std::uint32_t number) const {
  std::size_t last = std::max(line.last, std::min(at_, input_.text.size() + 1) - 1);
  return Span{input_.file, static_cast<std::uint32_t>(line.first), static_cast<std::uint32_t>(last),
              number};
}

void Lowering::warn(const LogicalLine& line, std::uint32_t number, std::string message) {
  unit_.warnings.push_back(Warning{span(line, number), std::move(message)});
}

void Lowering::warn_of_tabs(const LogicalLine& line, std::uint32_t number,
                            std::string_view body_line) {
  std::size_t first = body_line.find_first_not_of(' ');
  if (first == std::string_view::npos || body_line[first] != '\t') return;
  warn(line, number,
       fmt::format("python should use 4 spaces indentation, but found tabs in {}, line {}",
                   base_name(input_.path), number));
}

}  // namespace

Result<Unit> lower(Grammar& grammar, const Input& input) {
  return Lowering(grammar, input).run();
}

}  // namespace hitz::parser
