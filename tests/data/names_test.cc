// SPDX-License-Identifier: Apache-2.0
#include "engine/data/names.h"

#include <string>

#include "tests/support/catch.h"

namespace hitz::data {

TEST_CASE("data: a name keeps its number and its text however many come after it", "[data]") {
  Names names;
  const std::size_t before = names.size();
  NameId first = names.id("FIRST");
  const std::string* text = &names.text(first);
  for (int i = 0; i < 100000; ++i) names.id("V" + std::to_string(i));
  CHECK(names.id("FIRST") == first);
  CHECK(&names.text(first) == text);
  CHECK(names.text(names.id("V99999")) == "V99999");
  CHECK(names.size() == before + 100001);
}

TEST_CASE("data: names stand in the order of their bytes", "[data]") {
  Names names;
  for (const auto& [a, b] :
       {std::pair("A", "B"), std::pair("A", "AA"), std::pair("ABCDEFGHI", "ABCDEFGHJ"),
        std::pair("ABCDEFGH", "ABCDEFGHI"), std::pair("z", "\xc3\xa4")}) {
    CAPTURE(a, b);
    CHECK(names.before(names.id(a), names.id(b)));
    CHECK_FALSE(names.before(names.id(b), names.id(a)));
  }
  CHECK_FALSE(names.before(names.id("A"), names.id("A")));
}

TEST_CASE("data: a name's text tells what setting it does", "[data]") {
  Names names;
  auto facts = [&](const char* text) { return names.facts(names.id(text)); };
  CHECK(facts("A:append").pending);
  CHECK(facts("A:append:o").pending);
  CHECK_FALSE(facts("A:appendix").pending);
  CHECK_FALSE(facts("A_append").pending);
  CHECK(facts("A_append").old_syntax);
  CHECK_FALSE(facts("__anon_1_append").old_syntax);
  CHECK(facts("FILES:${PN}").has_key);
  CHECK(names.text(facts("A:o:p").base) == "A");
  CHECK(names.text(facts("A").base) == "A");
  CHECK(names.flag(names.id("do_x"), "dirs") == names.id("do_x[dirs]"));
}

TEST_CASE("data: a table by name finds what is in it, and nothing after it is cleared", "[data]") {
  Names names;
  NameTable<int> table;
  for (int round = 0; round < 3; ++round) {
    // Few and many: both ways of clearing.
    int count = round == 1 ? 5000 : 3;
    for (int i = 0; i < count; ++i) table[names.id("V" + std::to_string(i))] = i;
    for (int i = 0; i < count; ++i) {
      const int* found = table.find(names.id("V" + std::to_string(i)));
      REQUIRE(found != nullptr);
      CHECK(*found == i);
    }
    CHECK(table.size() == static_cast<std::size_t>(count));
    CHECK(table.find(names.id("NOT_THERE")) == nullptr);
    CHECK_FALSE(table.try_emplace(names.id("V0"), 7));
    table.clear();
    CHECK(table.empty());
    CHECK(table.find(names.id("V0")) == nullptr);
  }
}

TEST_CASE("data: a set of names holds each once, in the order in which they came", "[data]") {
  Names names;
  NameSet set;
  CHECK(set.insert(names.id("B")));
  CHECK(set.insert(names.id("A")));
  CHECK_FALSE(set.insert(names.id("B")));
  CHECK(set.size() == 2);
  CHECK(*set.begin() == names.id("B"));
  set.clear();
  CHECK_FALSE(set.contains(names.id("A")));
}

}  // namespace hitz::data
