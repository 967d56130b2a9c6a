// SPDX-License-Identifier: Apache-2.0
#include "parser/lower.h"

#include "tests/support/catch.h"

using namespace hitz;
using namespace hitz::parser;

namespace {

struct Parsed {
  Sources sources;
  std::shared_ptr<const Unit> unit;
};

std::shared_ptr<const Unit> parse(std::string_view text, const std::string& path = "/x/a_1.0.bb",
                                  Release release = Release::Wrynose) {
  Sources sources;
  Dialect dialect = path.ends_with(".conf") ? Dialect::Configuration : Dialect::Recipe;
  return need(lower(Source{text, path, sources.add(path), dialect, release}));
}

std::string error_of(std::string_view text, const std::string& path = "/x/a_1.0.bb") {
  Sources sources;
  Dialect dialect = path.ends_with(".conf") ? Dialect::Configuration : Dialect::Recipe;
  auto result = lower(Source{text, path, sources.add(path), dialect, Release::Wrynose});
  return result ? "" : result.error().message;
}

template <class T>
T only(std::string_view text, const std::string& path = "/x/a_1.0.bb") {
  auto unit = parse(text, path);
  REQUIRE(unit->statements.size() == 1);
  REQUIRE(std::holds_alternative<T>(unit->statements[0].body));
  return std::get<T>(unit->statements[0].body);
}

}  // namespace

TEST_CASE("parser: each operator is told from the others", "[parser]") {
  const std::pair<const char*, Operator> kAll[] = {
      {"=", Operator::Set},        {":=", Operator::Immediate}, {"?=", Operator::Weak},
      {"??=", Operator::Weakest},  {"+=", Operator::Append},    {"=+", Operator::Prepend},
      {".=", Operator::DotAppend}, {"=.", Operator::DotPrepend}};
  for (const auto& [text, op] : kAll) {
    auto assign = only<Assign>(std::string("A ") + text + " \"v\"\n");
    CHECK(assign.op == op);
    CHECK(assign.name == "A");
    CHECK(assign.value == "v");
  }
}

TEST_CASE("parser: a value is everything between the first quote and the last of its kind",
          "[parser]") {
  CHECK(only<Assign>("A = \"x \"y\" z\"\n").value == "x \"y\" z");
  CHECK(only<Assign>("A = \"x\" # \"c\"\n").value == "x\" # \"c");
  CHECK(error_of("A = \"x\"y\"\n") == "ParseError at /x/a_1.0.bb:1: unparsed line: 'A = \"x\"y\"'");
}

TEST_CASE("parser: a continued value is joined without a separator", "[parser]") {
  CHECK(only<Assign>("A = \"a \\\n   b\\  \n  c\"\n").value == "a    b  c");
  auto unit = parse("A = \"a \\\n b\"\nB = \"1\"\n");
  CHECK(unit->statements[0].span.line == 2);
  CHECK(unit->statements[1].span.line == 3);
}

TEST_CASE("parser: flags, exports and names with overrides", "[parser]") {
  auto assign = only<Assign>("export do_x:append:${PN}[dirs] += \"d\"\n");
  CHECK(assign.name == "do_x:append:${PN}");
  CHECK(assign.flag == "dirs");
  CHECK(assign.exported == Exported::Yes);
  CHECK(only<Export>("export A\n").name == "A");
  CHECK(only<Unset>("unset A[xx]\n").flag == "xx");
  CHECK(error_of("unset A[x]\n") != "");
  CHECK(error_of("export A:o\n") != "");
}

TEST_CASE("parser: a function's body is its lines up to the line that is a closing brace",
          "[parser]") {
  auto function = only<Function>("fakeroot python do_x () {\n    a  \n\n    if b: {}\n}\n");
  CHECK(function.name == "do_x");
  CHECK(function.language == Language::Python);
  CHECK(function.root == Function::Root::Fake);
  CHECK(function.body == "    a\n\n    if b: {}\n");
  CHECK(only<Function>("python () {\n    pass\n}\n").name == "__anonymous");
  CHECK(only<Function>("do_y () {\n}\n").body.empty());
}

TEST_CASE("parser: a def owns its blank and comment lines up to the next statement", "[parser]") {
  auto unit = parse("def f(d):\n    return 1\n\n# c\nA = \"1\"\n");
  REQUIRE(unit->statements.size() == 2);
  CHECK(std::get<PythonDef>(unit->statements[0].body).text == "def f(d):\n    return 1\n\n# c");
}

TEST_CASE("parser: addtask cuts its lists at before and after", "[parser]") {
  auto task = only<AddTask>("addtask a b after do_c d before build # why\n");
  CHECK(task.names == std::vector<std::string>{"do_a", "do_b"});
  CHECK(task.after == std::vector<std::string>{"do_c", "do_d"});
  CHECK(task.before == std::vector<std::string>{"do_build"});
  auto odd = only<AddTask>("addtask a after do_b before do_d after do_c\n");
  CHECK(odd.after == std::vector<std::string>{"do_bdo_c"});
}

TEST_CASE("parser: a .conf knows neither functions nor inherit", "[parser]") {
  CHECK(error_of("inherit base\n", "/x/a.conf") ==
        "ParseError at /x/a.conf:1: unparsed line: 'inherit base'");
  CHECK(error_of("do_x () {\n}\n", "/x/a.conf") != "");
  CHECK(only<Assign>("A = \"a \\\n# c \\\n b\"\n", "/x/a.conf").value == "a # c  b");
  CHECK(error_of("A = \"a \\\n# c \\\n b\"\n").find("in the middle of a multiline expression") !=
        std::string::npos);
}

TEST_CASE("parser: an unclosed function and a stray line are told with their place", "[parser]") {
  CHECK(error_of("A = \"1\"\ndo_x () {\n  a\n").find("unclosed function") != std::string::npos);
  CHECK(error_of("A = \"1\"\n  B = \"2\"\n") ==
        "ParseError at /x/a_1.0.bb:2: unparsed line: '  B = \"2\"'");
}
