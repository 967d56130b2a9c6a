// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/base_hash.h"

#include <algorithm>

#include "engine/exec/script.h"
#include "tests/signature/cases.h"
#include "tests/signature/recipe_fixture.h"

using namespace hitz;
using signature::BaseHashes;
using signature::Manifest;
using signature::ShellScanner;
using tests::Release;

namespace {

std::string escaped(const std::string& text) {
  return replace_all(replace_all(replace_all(text, "\\", "\\\\"), "\n", "\\n"), "\t", "\\t");
}

std::string hashed_text(const Manifest& manifest, const std::string& task) {
  std::string out = manifest.value(task).value_or("");
  for (const auto& name : manifest.variables) out += name + manifest.value(name).value_or("");
  return out;
}

Result<std::string> answer(tests::RecipeFixture& fixture, const std::string& recipe) {
  auto d = TRY(fixture.recipe(recipe));
  ShellScanner scanner;
  BaseHashes hashes(*d, scanner);
  auto tasks = d->list("__BBTASKS");
  std::sort(tasks.begin(), tasks.end());
  std::string out;
  for (const auto& task : tasks) {
    Manifest manifest = TRY(hashes.of(task));
    out += "task " + task + " " + manifest.hash.hex + "\nnames";
    for (const auto& name : manifest.variables) out += " " + name;
    out += "\ndata " + escaped(hashed_text(manifest, task)) + "\n";
    if (!d->has_flag(task, "func") || d->has_flag(task, "python")) continue;
    std::string script = TRY(exec::emit_function(*d, task, scanner));
    out += "script " + escaped(replace_all(script, fixture.folder(), "/layer")) + "\n";
  }
  out.pop_back();
  return out;
}

}  // namespace

TEST_CASE("signature: base hashes and run scripts are those of both releases of BitBake",
          "[signature]") {
  auto cases = tests::read_cases(tests::corpus("signature_base.txt"));
  REQUIRE(cases.size() > 30);
  for (auto [release, name] :
       {std::pair{Release::Wrynose, "wrynose"}, std::pair{Release::Scarthgap, "scarthgap"}}) {
    tests::RecipeFixture fixture(release);
    for (const auto& one : cases) {
      INFO(name << ": " << one.title << "\n" << one.input);
      auto got = answer(fixture, one.input + "\n");
      INFO((got ? std::string() : got.error().text()));
      CHECK(got.value_or("error") == one.expected(name));
    }
  }
}

TEST_CASE("signature: recipes that share a function each have what they know of it counted",
          "[signature]") {
  tests::RecipeFixture fixture(Release::Wrynose);
  auto base = need(fixture.recipe(
      "addtask a\nexport E = \"1\"\nexport G = \"1\"\n"
      "do_a () {\n\thelper\n\tb_a\n}\nb_a () {\n\t:\n}\nb_a[vardepsexclude] = \"G\"\n"));
  auto with = [&](const std::string& name, const std::string& value) {
    auto out = base->copy();
    need(out->set(name, value, data::Writer::Code));
    return out;
  };
  auto exporting = with("F", "1");
  need(exporting->set_flag("F", "export", "1"));
  auto knowing = with("helper", "1"), ignoring = with("BB_BASEHASH_IGNORE_VARS", "E");
  ShellScanner shared;
  auto variables = [](data::Store& d, ShellScanner& scanner) {
    return need(BaseHashes(d, scanner).of("do_a")).variables;
  };
  using Names = std::vector<std::string>;
  for (int round = 0; round < 2; ++round) {
    CHECK(variables(*base, shared) == Names{"E", "G", "b_a"});
    CHECK(variables(*knowing, shared) == Names{"E", "G", "b_a", "helper"});
    CHECK(variables(*exporting, shared) == Names{"E", "F", "G", "b_a"});
    CHECK(variables(*ignoring, shared) == Names{"G", "b_a"});
  }
  CHECK(need(BaseHashes(*base, shared).of("do_a")).dependencies("b_a") == Names{"E"});
}

TEST_CASE("signature: a filtered variable that a task names has no filter for later tasks",
          "[signature]") {
  tests::RecipeFixture fixture(Release::Wrynose);
  auto d =
      need(fixture.recipe("addtask a\naddtask b after do_a\nNAMES = \"x\"\n"
                          "do_a () {\n\techo ${NAMES}\n}\ndo_b () {\n\t:\n}\n"
                          "do_b[vardeps] = \"${@d.getVar('NAMES')}\"\n"
                          "python () {\n    d.setVarFilter('NAMES', \"suffix(val, '-f')\")\n}\n"));
  CHECK(need(d->text("NAMES")) == "x-f");
  ShellScanner scanner;
  BaseHashes hashes(*d, scanner);
  need(hashes.of("do_a"));
  CHECK(need(hashes.of("do_b")).variables == std::vector<std::string>{"x"});
  need(d->set("ANY", std::string("1"), data::Writer::Code));
  BaseHashes again(*d, scanner);
  CHECK(need(again.of("do_b")).variables == std::vector<std::string>{"x-f"});
}

TEST_CASE("signature: what a recipe adds to the names left out counts only without a configuration",
          "[signature]") {
  tests::RecipeFixture fixture(Release::Wrynose);
  const std::string recipe =
      "addtask a\nA = \"1\"\nBB_BASEHASH_IGNORE_VARS += \"A\"\ndo_a () {\n\techo ${A}\n}\n";
  auto d = need(fixture.recipe(recipe));
  ShellScanner scanner;
  CHECK(need(BaseHashes(*d, scanner).of("do_a")).variables.empty());
  need(d->set("__basehash_ignore_vars", std::string("B"), data::Writer::Code));
  CHECK(need(BaseHashes(*d, scanner).of("do_a")).variables == std::vector<std::string>{"A"});
}
