// SPDX-License-Identifier: Apache-2.0
// hitz-statements [--scarthgap]: for each path read from the standard input, a line {"file": path},
// then the statements of that file, one line of JSON each (or {"error": text}), then its warnings
// and whether its syntax tree holds errors.
#include <iostream>
#include <string>
#include <string_view>

#include "engine/base/file.h"
#include "parser/reader.h"
#include "parser/tree.h"
#include "tests/parser/statement_json.h"

using namespace hitz;

namespace {

bool has_tree_errors(parser::Grammar& grammar, const std::string& path) {
  auto text = read_file(path);
  if (!text) return true;
  parser::Tree tree = grammar.parse(*text);
  return ts_node_has_error(ts_tree_root_node(tree.get()));
}

void print_file(parser::Reader& reader, parser::Grammar& grammar, const std::string& path) {
  std::cout << "{\"file\": " << json_string(path) << "}\n";
  std::cout << "{\"tree_errors\": " << (has_tree_errors(grammar, path) ? "true" : "false") << "}\n";
  auto unit = reader.file(path);
  if (!unit) {
    std::cout << "{\"error\": " << json_string(unit.error().message) << "}\n";
    return;
  }
  for (const auto& statement : (*unit)->statements) std::cout << statement_json(statement) << '\n';
  for (const auto& warning : (*unit)->warnings) {
    std::cout << "{\"warning\": " << json_string(warning.message) << "}\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool older = argc > 1 && std::string_view(argv[1]) == "--scarthgap";
  Sources sources;
  parser::Reader reader(sources, older ? parser::Release::Scarthgap : parser::Release::Wrynose);
  parser::Grammar grammar;
  for (std::string path; std::getline(std::cin, path);) print_file(reader, grammar, path);
  return 0;
}
