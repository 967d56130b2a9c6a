// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/record.h"

#include "tests/support/catch.h"

using namespace hitz;
using recipe::Recipe;

namespace {

recipe::Task full_task() {
  recipe::Task task;
  task.name = "do_compile";
  task.predecessors = {"do_configure", ""};
  task.depends = {"zlib:do_populate_sysroot"};
  task.rdepends = {"a:do_b"};
  task.deptask = {"do_c"};
  task.rdeptask = {"do_d"};
  task.recrdeptask = {"do_e"};
  task.recideptask = {"do_f"};
  task.mcdepends = {"mc::x:y:do_z"};
  task.nostamp = true;
  task.file_checksums = "/a b:True /c:False";
  task.stamp_extra_info = "extra";
  task.outputs = "/out";
  task.base_hash = "0123";
  return task;
}

/// Every member other than what it is by default.
Recipe full_recipe() {
  Recipe out;
  out.variant = "native";
  out.pn = "naïve\n";
  out.pe = "1";
  out.pv = "2.0";
  out.pr = "r3";
  out.pf = out.pn + "-1_2-r3";
  out.default_preference = -1;
  out.skipped = "";
  out.provides = {"p", "virtual/p"};
  out.rprovides = {"rp"};
  out.packages_dynamic = {"^p-.*"};
  out.packages["p"] = {{"a"}, {"b"}, {"c"}};
  out.packages["p-dev"] = {};
  out.depends = {"d"};
  out.rdepends = {"rd"};
  out.rrecommends = {"rr"};
  out.inherits = {"/classes/x.bbclass"};
  out.tasks.push_back(full_task());
  out.tasks.push_back({});
  out.exclude_from_world = true;
  out.stamp = "/stamps/p";
  out.hash_filename = "False p q";
  return out;
}

recipe::RecipeFile file() {
  return {"/layer/p.bb", {"/layer/p.bbappend"}, "core", 5};
}

}  // namespace

TEST_CASE("recipe: a record gives back what it was made of", "[recipe]") {
  Recipe plain;
  for (int preference : {0, 1, -1, 2'000'000'000, -2'000'000'000}) {
    plain.default_preference = preference;
    std::string record = recipe::encode({full_recipe(), plain});
    auto back = recipe::decode(record, file());
    REQUIRE(back);
    REQUIRE(back->size() == 2);
    CHECK(recipe::encode(*back) == record);
    const Recipe& first = back->front();
    CHECK(first.file == "/layer/p.bb");
    CHECK(first.virtual_file == "virtual:native:/layer/p.bb");
    CHECK(first.appends == file().appends);
    CHECK(first.layer == "core");
    CHECK(first.priority == 5);
    CHECK(first.pn == "naïve\n");
    CHECK(first.skipped == "");
    CHECK(first.packages.at("p").rrecommends == std::vector<std::string>{"b"});
    REQUIRE(first.tasks.size() == 2);
    CHECK(first.tasks[0].predecessors == std::vector<std::string>{"do_configure", ""});
    CHECK(first.tasks[0].nostamp);
    CHECK_FALSE(first.tasks[0].noexec);
    CHECK(back->at(1).default_preference == preference);
    CHECK_FALSE(back->at(1).skipped);
  }
  CHECK(recipe::decode(recipe::encode({}), file())->empty());
}

TEST_CASE("recipe: each member of a recipe makes another record", "[recipe]") {
  const std::string whole = recipe::encode({full_recipe()});
  Recipe other = full_recipe();
  other.tasks[0].noexec = true;
  CHECK(recipe::encode({other}) != whole);
  other = full_recipe();
  other.skipped.reset();
  CHECK(recipe::encode({other}) != whole);
  other = full_recipe();
  other.tasks[0].recideptask.clear();
  CHECK(recipe::encode({other}) != whole);
}

TEST_CASE("recipe: a record that lacks its end, has too much or another version is none",
          "[recipe]") {
  const std::string whole = recipe::encode({full_recipe()});
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(recipe::decode(whole.substr(0, size), file()));
  CHECK_FALSE(recipe::decode(whole + '\0', file()));
  std::string other = whole;
  ++other[0];
  CHECK_FALSE(recipe::decode(other, file()));
}

TEST_CASE("recipe: a record with bytes that make no sense is read without harm", "[recipe]") {
  const std::string whole = recipe::encode({full_recipe()});
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (char wrong : {'\xff', '\x80', '\x7f', '\0'}) {
      std::string damaged = whole;
      damaged[at] = wrong;
      auto read = recipe::decode(damaged, file());
      if (!read) continue;
      CHECK(read->size() < whole.size());
      for (const auto& recipe : *read) CHECK(recipe.tasks.size() < whole.size());
    }
  }
}

TEST_CASE("recipe: a record whose packed tasks are damaged is none", "[recipe]") {
  const std::string whole = recipe::encode({full_recipe()});
  const std::string tasks = recipe::Tasks::all_packed({full_recipe()});
  const std::size_t begin = whole.find(tasks);
  REQUIRE(begin != std::string::npos);
  for (std::size_t at = begin; at < begin + tasks.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    CHECK_FALSE(recipe::decode(damaged, file()));
  }
}

TEST_CASE("recipe: each variant of a record has its own tasks", "[recipe]") {
  Recipe native = full_recipe(), plain;
  native.tasks[0].name = "do_install";
  auto back = recipe::decode(recipe::encode({full_recipe(), native, plain}), file());
  REQUIRE(back);
  const Recipe copied = back->at(1);
  CHECK(back->at(2).tasks.empty());
  CHECK(back->at(1).tasks[0].name == "do_install");
  CHECK(back->at(0).tasks[0].name == "do_compile");
  CHECK(copied.tasks[0].name == "do_install");
}
