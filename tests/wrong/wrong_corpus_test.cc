// SPDX-License-Identifier: Apache-2.0
// Wrong recipes and configurations, and to the letter what hitz says of them.

#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/command_here.h"

using namespace hitz;

TEST_CASE("wrong: what is wrong in a recipe's lines is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/lines.txt", testing::told_by_hitz);
}

TEST_CASE("wrong: what is wrong with files and classes is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/files.txt", testing::told_by_hitz);
}

TEST_CASE("wrong: what is wrong in Python is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/python.txt", testing::told_by_hitz);
}

TEST_CASE("wrong: what is wrong with values is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/values.txt", testing::told_by_hitz);
}

TEST_CASE("wrong: what is wrong with tasks is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/tasks.txt", testing::told_by_hitz);
}

TEST_CASE("wrong: what is wrong with layers is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/layers.txt", testing::told_by_hitz);
}

TEST_CASE("wrong: what is wrong with targets is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/targets.txt", testing::told_by_hitz);
}

TEST_CASE("wrong: what is wrong with sources is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/sources.txt", testing::told_by_hitz);
}
