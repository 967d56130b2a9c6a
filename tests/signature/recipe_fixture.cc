// SPDX-License-Identifier: Apache-2.0
#include "tests/signature/recipe_fixture.h"

#include <stdlib.h>

#include "engine/base/file.h"

namespace hitz::tests {

namespace {

// CPython starts once in a process.
python::Interpreter& interpreter() {
  static auto started = need(python::Interpreter::start(std::string(HITZ_SOURCE_ROOT) + "/python"));
  return *started;
}

}  // namespace

RecipeFixture::RecipeFixture(Release release) : python_(&interpreter()) {
  std::string pattern = "/tmp/hitz-signature.XXXXXX";
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  reader_ = std::make_unique<parser::Reader>(sources_, release == Release::Scarthgap
                                                           ? parser::Release::Scarthgap
                                                           : parser::Release::Wrynose);
  evaluator_ = std::make_unique<eval::Evaluator>(*reader_, *python_, events_);
  family_ = data::Family{python_, &sources_, release, {}};
  python_->use(family_);
}

RecipeFixture::~RecipeFixture() {
  (void)remove_tree(folder_);
}

Result<std::shared_ptr<data::Store>> RecipeFixture::recipe(const std::string& text,
                                                           const std::string& name) {
  auto config = data::Store::create(family_);
  TRY_VOID(config->set("BBPATH", folder_, data::Writer::Parser));
  TRY_VOID(config->set("__bbclasstype", "recipe", data::Writer::Parser));
  config->set_list("__exportlist", {});
  std::string path = join_path(folder_, name + "_1.0.bb");
  TRY_VOID(write_file(path, text));
  auto variants = TRY(evaluator_->recipe(path, {}, *config));
  return variants.at(0).store;
}

}  // namespace hitz::tests
