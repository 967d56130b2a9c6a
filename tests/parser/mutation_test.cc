// SPDX-License-Identifier: Apache-2.0
// Mutated corpus texts: nothing crashes, and no line is lost.
#include <random>

#include "engine/base/text.h"
#include "parser/lines.h"
#include "tests/parser/corpus.h"
#include "tests/support/catch.h"

using namespace hitz;

namespace {

constexpr unsigned kSeed = 20261121;
constexpr int kRounds = 20000;

/// The corpora's texts, cut and joined and spoilt.
class Mutator {
 public:
  Mutator() : chance_(kSeed) {
    for (const std::string& path : corpus_paths()) {
      for (const Case& one : load_corpus(path).cases) texts_.push_back(one.text);
    }
  }

  std::string next() {
    std::string text;
    for (std::size_t count = 1 + below(4); count > 0; --count) text += texts_[below(texts_.size())];
    for (std::size_t count = below(6); count > 0; --count) spoil(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return chance_() % limit; }

  void spoil(std::string& text) {
    static const std::vector<std::string> kPieces = {
        "\\\n", "\\", "\n", "\"", "'", "#", "{",  "}",        "(",  "\n}\n",   ")",
        "[",    "]",  ":",  "=",  "+", ".", "${", "${@",      "$",  "\t",      "  ",
        "\r",   "",   "",   "é",  "?", "@", "/",  "\xc2\xa0", "\f", "export ", "python "};
    std::size_t at = below(text.size() + 1);
    text.replace(at, below(3), kPieces[below(kPieces.size())]);
  }

  std::mt19937 chance_;
  std::vector<std::string> texts_;
};

/// Whether every line from one byte to another says nothing: it is blank or a comment.
bool says_nothing(std::string_view text, std::size_t first, std::size_t last) {
  while (first < last) {
    auto line = parser::logical_line(text, first, 1, parser::Dialect::Recipe);
    if (!line.text().empty() && line.text().front() != '#') return false;
    first = line.last + 1;
  }
  return true;
}

/// Between the statements of a unit, each in its place, there is nothing that speaks.
bool covers(const parser::Unit& unit, std::string_view text) {
  std::size_t at = 0;
  for (const parser::Statement& statement : unit.statements) {
    if (statement.span.first < at || statement.span.last < statement.span.first) return false;
    if (!says_nothing(text, at, statement.span.first)) return false;
    at = statement.span.last + 1;
  }
  return says_nothing(text, at, text.size());
}

}  // namespace

TEST_CASE("parser: in a mutated recipe each line is a statement, a comment or an error",
          "[parser]") {
  Sources sources;
  parser::Reader newer(sources, parser::Release::Wrynose);
  parser::Reader older(sources, parser::Release::Scarthgap);
  Mutator mutator;
  int taken = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::string text = mutator.next();
    static_cast<void>(older.text(text, "t.conf", parser::Dialect::Configuration));
    parser::Reader& reader = round % 2 == 0 ? newer : older;
    auto unit = reader.text(text, "t.bb", parser::Dialect::Recipe);
    if (!unit) continue;
    ++taken;
    std::string plain = replace_all(replace_all(text, "\r\n", "\n"), "\r", "\n");
    if (!covers(**unit, plain)) FAIL("a line is lost in:\n" << text);
  }
  CHECK(taken > kRounds / 50);
}
