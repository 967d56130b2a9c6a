// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/shell_scanner.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/signature/cases.h"

using namespace hitz;
using signature::ShellScanner;
using Release = ShellScanner::Release;

namespace {

std::string commands_of(const std::string& text, Release release) {
  ShellScanner scanner;
  auto found = scanner.commands(text, release);
  if (!found) return "error";
  std::string out;
  for (const auto& name : **found) out += (out.empty() ? "" : "\n") + name;
  return out;
}

void check_all(const std::vector<tests::Case>& cases) {
  for (const auto& one : cases) {
    INFO(one.title << "\n" << one.input);
    CHECK(commands_of(one.input, Release::Wrynose) == one.expected("wrynose"));
    CHECK(commands_of(one.input, Release::Scarthgap) == one.expected("scarthgap"));
  }
}

}  // namespace

TEST_CASE("signature: the commands of a shell text are those that BitBake finds", "[signature]") {
  auto cases = tests::read_cases(tests::corpus("signature_shell.txt"));
  REQUIRE(cases.size() > 100);
  check_all(cases);
}

TEST_CASE("signature: a text that was scanned once is known", "[signature]") {
  ShellScanner scanner;
  const auto* first = need(scanner.commands("foo | bar\n"));
  CHECK(first == need(scanner.commands("foo | bar\n")));
  CHECK(*first == std::set<std::string>{"bar", "foo"});
}

TEST_CASE("signature: an error shows the last lines of the shell code", "[signature]") {
  ShellScanner scanner;
  auto result = scanner.commands("one\ntwo\nthree\nfour\nfive\nif six\n");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().text().find("four\nfive\nif six\n") != std::string::npos);
  CHECK(result.error().text().find("two") == std::string::npos);
}

TEST_CASE(
    "signature: names of recipes that come one after the other are put in order by their bytes",
    "[signature]") {
  ShellScanner scanner;
  data::Family family;
  std::minstd_rand random(7);  // NOLINT: the same each time
  for (int recipe = 0; recipe < 40; ++recipe) {
    std::set<std::string> names;
    while (names.size() < 500)
      names.insert("do_package_of_" + std::string(random() % 3, 'x') +
                   std::to_string(random() % 4000));
    std::vector<data::NameId> list;
    for (const auto& name : names) list.push_back(family.names->id(name));
    std::shuffle(list.begin(), list.end(), random);
    std::vector<std::string> ordered;
    for (std::uint32_t at : scanner.names().order(list, family))
      ordered.push_back(family.names->text(list[at]));
    REQUIRE(ordered == std::vector<std::string>(names.begin(), names.end()));
  }
}

// Run by tests/compat/shell_commands.py with the answers of a reference BitBake.
TEST_CASE("signature: shell texts of whole layers", "[.shell-compat]") {
  const char* path = std::getenv("HITZ_SHELL_CASES");
  REQUIRE(path != nullptr);
  auto cases = tests::read_cases(path);
  REQUIRE_FALSE(cases.empty());
  check_all(cases);
}
