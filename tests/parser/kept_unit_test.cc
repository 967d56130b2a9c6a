// SPDX-License-Identifier: Apache-2.0
#include "parser/kept_unit.h"

#include <unistd.h>

#include "engine/base/findings.h"
#include "tests/parser/corpus.h"
#include "tests/parser/dump.h"
#include "tests/support/catch.h"

using namespace hitz;

namespace {

std::string all_of(const parser::Unit& unit) {
  auto span = [&](const Span& one) {
    return std::to_string(one.file.value) + " " + std::to_string(one.first) + "-" +
           std::to_string(one.last) + " " + std::to_string(one.line) + " ";
  };
  std::string out;
  for (const auto& statement : unit.statements)
    out += span(statement.span) + readable(statement) + "\n";
  for (const auto& warning : unit.warnings) out += span(warning.span) + warning.message + "\n";
  return out;
}

}  // namespace

TEST_CASE("parser: what a text says is the same when it has been kept", "[parser]") {
  int kept = 0;
  for (const std::string& path : corpus_paths()) {
    for (const Case& one : load_corpus(path).cases) {
      Sources sources;
      parser::Reader reader(sources, one.release);
      auto dialect =
          one.file.ends_with(".conf") ? parser::Dialect::Configuration : parser::Dialect::Recipe;
      auto unit = reader.text(one.text, one.file, dialect);
      if (!unit) continue;
      INFO(one.title);
      const std::string bytes = parser::encode(**unit);
      auto again = parser::decode(bytes, (*unit)->file);
      REQUIRE(again);
      CHECK(all_of(*again) == all_of(**unit));
      CHECK_FALSE(parser::decode(bytes.substr(0, bytes.size() - 1), (*unit)->file));
      CHECK_FALSE(parser::decode(bytes + "x", (*unit)->file));
      ++kept;
    }
  }
  CHECK(kept > 50);
}

TEST_CASE("parser: a text of the same path that says something else is not mistaken", "[parser]") {
  const std::string path = "/tmp/hitz-statements-test." + std::to_string(::getpid());
  auto value = [&](const std::string& text, std::size_t parsed) {
    Findings findings(path, "this program");
    Sources sources;
    sources.add("/another");
    parser::Reader reader(sources, parser::Release::Wrynose);
    reader.remember(&findings);
    auto unit = need(reader.text(text, "/t.conf", parser::Dialect::Configuration));
    CHECK(reader.parsed() == parsed);
    CHECK(sources.path(unit->statements.at(0).span.file) == "/t.conf");
    need(findings.save());
    return std::get<parser::Assign>(unit->statements.at(0).body).value;
  };
  CHECK(value("A = \"1\"\n", 8) == "1");
  CHECK(value("A = \"2\"\n", 8) == "2");
  CHECK(value("A = \"1\"\n", 0) == "1");
  ::unlink(path.c_str());
}
