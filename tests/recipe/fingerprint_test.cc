// SPDX-License-Identifier: Apache-2.0
// What a recipe has looked at of the configuration, and how that is compared.

#include <algorithm>

#include "engine/data/store.h"
#include "tests/support/catch.h"

using namespace hitz;
using data::Reads;
using data::Store;
using data::Writer;

namespace {

std::shared_ptr<Store> store() {
  return Store::create(data::Family{});
}

void set(Store& d, const std::string& name, const std::string& value) {
  need(d.set(name, value, Writer::Parser));
}

/// The short names of those that were looked at, in alphabetical order.
std::string noted(const Store& d, const Reads& reads) {
  std::vector<std::string> names;
  for (data::NameId id : reads.names) names.push_back(d.family().names->text(id));
  std::erase_if(names, [](const std::string& name) { return name.size() > 3; });
  std::sort(names.begin(), names.end());
  std::string out;
  for (const auto& name : names) out += name;
  return out;
}

}  // namespace

TEST_CASE("recipe: whatever can be learnt of a variable changes its fingerprint", "[recipe]") {
  auto d = store();
  std::vector<std::string> seen{*d->fingerprint("A")};
  auto is_new = [&] {
    seen.push_back(*d->fingerprint("A"));
    return std::count(seen.begin(), seen.end(), seen.back()) == 1;
  };
  set(*d, "A", "");
  CHECK(is_new());
  set(*d, "A", "1");
  CHECK(is_new());
  need(d->set("A", std::int64_t{1}, Writer::Parser));
  CHECK(is_new());
  need(d->set("A", true, Writer::Parser));
  CHECK(is_new());
  need(d->set("A", std::vector<std::string>{"a", "b"}, Writer::Parser));
  CHECK(is_new());
  need(d->set("A", std::vector<std::string>{"ab"}, Writer::Parser));
  CHECK(is_new());
  need(d->set_weak_default("A", std::string("w")));
  CHECK(is_new());
  set(*d, "A:append", "x");
  CHECK(is_new());
  set(*d, "A:append:o", "x");
  CHECK(is_new());
  set(*d, "A:prepend", "x");
  CHECK(is_new());
  set(*d, "A:remove", "x");
  CHECK(is_new());
  set(*d, "A:o", "x");
  CHECK(is_new());
  need(d->set_flag("A", "f", std::string("1")));
  CHECK(is_new());
  need(d->set_flag("A", "f", std::string("")));
  CHECK(is_new());
  d->set_weak_flag("A", "g", std::string("1"));
  CHECK(is_new());
  set(*d, "A:o", "another");
  CHECK_FALSE(is_new());  // that is another variable's value
}

TEST_CASE("recipe: a variable that was deleted is as if it had never been", "[recipe]") {
  auto d = store();
  set(*d, "A", "1");
  d->erase("A");
  CHECK(d->fingerprint("A") == d->copy()->fingerprint("A"));
  CHECK(d->fingerprint("A") != d->fingerprint("NEVER"));  // it may be compared, not mistaken
}

TEST_CASE("recipe: a value that only Python holds has no fingerprint", "[recipe]") {
  auto d = store();
  need(d->set("A", std::make_shared<const data::StoreValue>(store()), Writer::Parser));
  CHECK_FALSE(d->fingerprint("A"));
}

TEST_CASE("recipe: the rules that all copies follow have a fingerprint", "[recipe]") {
  auto d = store();
  std::string before = d->fingerprint_of_rules();
  CHECK(store()->fingerprint_of_rules() == before);
  set(*d, "A", "1");
  CHECK(d->fingerprint_of_rules() == before);
  set(*d, "${A}_b", "1");
  CHECK(d->fingerprint_of_rules() != before);
  before = d->fingerprint_of_rules();
  need(d->set_filter("A", "f(val)"));
  CHECK(d->fingerprint_of_rules() != before);
  before = d->fingerprint_of_rules();
  d->use_release(data::Family::Release::Scarthgap);
  CHECK(d->fingerprint_of_rules() != before);
}

TEST_CASE("recipe: a watched copy notes what it looks at of the original", "[recipe]") {
  auto d = store();
  set(*d, "A", "${B} ${C}");
  set(*d, "B", "b");
  set(*d, "D", "d");
  set(*d, "E", "${A}");
  CHECK(need(d->text("E")) == "b ${C}");  // what the original has expanded is no secret kept
  auto reads = std::make_shared<Reads>();
  auto copy = d->watched_copy(reads);
  CHECK(noted(*d, *reads).empty());
  CHECK(need(copy->text("E")) == "b ${C}");
  CHECK(noted(*d, *reads) == "ABCE");
  set(*copy, "F", "own");
  CHECK(need(copy->text("F")) == "own");
  CHECK(noted(*d, *reads) == "ABCEF");  // that there is none in the original was seen
  auto second = copy->copy();
  need(second->get_flag("D", "x"));
  CHECK(noted(*d, *reads) == "ABCDEF");
  CHECK_FALSE(reads->all_names);
  (void)second->names();
  CHECK(reads->all_names);
  CHECK(noted(*d, *reads) == "ABCDEF");
}

TEST_CASE("recipe: a watched copy notes what it asks for and does not get", "[recipe]") {
  auto d = store();
  set(*d, "OTHER", "1");
  auto reads = std::make_shared<Reads>();
  auto copy = d->watched_copy(reads);
  CHECK_FALSE(copy->has_name("A"));
  CHECK_FALSE(copy->has_overrides("B"));
  CHECK_FALSE(copy->contains("C"));
  need(copy->append("D", "x"));
  copy->erase("E");
  need(copy->rename("F", "G"));
  CHECK(noted(*d, *reads) == "ABCDEF");
}
