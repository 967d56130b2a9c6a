// SPDX-License-Identifier: Apache-2.0
// Runs the grammar's own corpus, parser/grammar/test/corpus, in the form of tree-sitter's tests: a
// title between two lines of "=", a text, a line "---", the tree.
#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/handle.h"
#include "engine/base/text.h"
#include "parser/tree.h"
#include "tests/support/catch.h"

using namespace hitz;

namespace {

struct GrammarCase {
  std::string title, text, tree;
};

bool is_rule(const std::string& line) {
  return line.starts_with("===") && trim(line).find_first_not_of('=') == line.npos;
}

std::vector<GrammarCase> load_cases(const std::string& path) {
  std::vector<GrammarCase> out;
  std::vector<std::string> lines = split(need(read_file(path)), '\n');
  std::string* into = nullptr;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (is_rule(lines[at]) && at + 2 < lines.size() && is_rule(lines[at + 2])) {
      out.push_back({lines[at + 1], "", ""});
      into = &out.back().text;
      at += 2;
    } else if (lines[at] == "---" && !out.empty() && into == &out.back().text) {
      into = &out.back().tree;
    } else if (into != nullptr) {
      *into += lines[at] + '\n';
    }
  }
  for (GrammarCase& one : out) one.text.pop_back();
  return out;
}

/// A tree's text on one line, or with a line a node.
std::string one_line(std::string_view tree) {
  std::string out = join(words(tree), " ");
  return replace_all(out, " )", ")");
}

std::string indented(std::string_view tree) {
  std::string out;
  std::size_t depth = 0;
  for (const std::string& word : words(tree)) {
    bool named = !out.empty() && out.back() == ':';
    bool in_missing = out.ends_with("(MISSING");
    if (named || in_missing) {
      out += ' ';
    } else if (!out.empty()) {
      out.append("\n").append(2 * depth, ' ');
    }
    out += word;
    for (char c : word) depth += c == '(' ? 1 : c == ')' ? -1 : 0;
  }
  return out;
}

std::string tree_of(parser::Grammar& grammar, std::string_view text) {
  parser::Tree tree = grammar.parse(text);
  std::unique_ptr<char, decltype(&std::free)> string(ts_node_string(ts_tree_root_node(tree.get())),
                                                     &std::free);
  return string.get();
}

void save_cases(const std::string& path, const std::vector<GrammarCase>& cases) {
  const std::string rule(18, '=');
  std::string out;
  for (const GrammarCase& one : cases) {
    out += (out.empty() ? "" : "\n") + rule + '\n' + one.title + '\n' + rule + '\n';
    out += one.text + "\n---\n\n" + indented(one.tree) + '\n';
  }
  need(write_file(path, out));
}

}  // namespace

TEST_CASE("parser: the grammar makes the trees of its own corpus", "[parser]") {
  bool accept = std::getenv("HITZ_ACCEPT") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  parser::Grammar grammar;
  auto paths = glob_paths(HITZ_SOURCE_ROOT "/parser/grammar/test/corpus/*.txt");
  REQUIRE_FALSE(paths.empty());
  for (const std::string& path : paths) {
    std::vector<GrammarCase> cases = load_cases(path);
    CHECK_FALSE(cases.empty());
    for (GrammarCase& one : cases) {
      INFO(base_name(path) + ": " + one.title + "\n" + one.text);
      std::string actual = tree_of(grammar, one.text);
      if (accept) one.tree = actual;
      CHECK(one_line(actual) == one_line(one.tree));
    }
    if (accept) save_cases(path, cases);
  }
}

TEST_CASE("parser: only the corpus of recovery has errors in its trees", "[parser]") {
  parser::Grammar grammar;
  for (const auto& path : glob_paths(HITZ_SOURCE_ROOT "/parser/grammar/test/corpus/*.txt")) {
    for (const GrammarCase& one : load_cases(path)) {
      INFO(base_name(path) + ": " + one.title);
      parser::Tree tree = grammar.parse(one.text);
      bool wrong = ts_node_has_error(ts_tree_root_node(tree.get()));
      CHECK(wrong == (base_name(path) == "recovery.txt"));
    }
  }
}

TEST_CASE("parser: the queries name only what the grammar has", "[parser]") {
  parser::Grammar grammar;
  parser::Tree tree = grammar.parse("A = \"1\"\n");
  const TSLanguage* language = ts_tree_language(tree.get());
  auto paths = glob_paths(HITZ_SOURCE_ROOT "/parser/grammar/queries/*.scm");
  CHECK(paths.size() == 4);
  for (const std::string& path : paths) {
    std::string text = need(read_file(path));
    std::uint32_t at = 0;
    TSQueryError error = TSQueryErrorNone;
    Handle<TSQuery, ts_query_delete> query(
        ts_query_new(language, text.data(), static_cast<std::uint32_t>(text.size()), &at, &error));
    INFO(base_name(path) << ": " << text.substr(at, 40));
    CHECK(error == TSQueryErrorNone);
  }
}
