// SPDX-License-Identifier: Apache-2.0
// hitz-statements [--scarthgap]: for each path read from the standard input, a line {"file": path},
// then the statements of that file, one line of JSON each (or {"error": text}), then its warnings.
#include <iostream>
#include <string>
#include <string_view>

#include "parser/reader.h"
#include "tests/support/statement_json.h"

using namespace hitz;

namespace {

void print_file(parser::Reader& reader, const std::string& path) {
  std::cout << "{\"file\": " << json_string(path) << "}\n";
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
  for (std::string path; std::getline(std::cin, path);) print_file(reader, path);
  return 0;
}
