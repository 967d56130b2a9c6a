// SPDX-License-Identifier: Apache-2.0
#include "tests/parser/corpus.h"

#include <cstdlib>

#include "engine/base/file.h"
#include "tests/support/catch.h"

TEST_CASE("parser: each corpus text says what stands below it", "[parser]") {
  bool accept = std::getenv("HITZ_ACCEPT") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  REQUIRE_FALSE(corpus_paths().empty());
  for (const std::string& path : corpus_paths()) {
    Corpus corpus = load_corpus(path);
    CHECK_FALSE(corpus.cases.empty());
    for (Case& one : corpus.cases) {
      INFO(hitz::base_name(path) + ": " + one.title);
      std::string actual = outcome(one);
      if (accept) one.expected = actual;
      CHECK(actual == one.expected);
    }
    if (accept) save_corpus(corpus);
  }
}
