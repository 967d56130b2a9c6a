// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/candidates.h"

#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;

namespace {

/// A layer's folder with recipe files, and what of it may make a recipe of a name.
struct Recipes {
  testing::TemporaryFolder folder;
  std::vector<recipe::RecipeFile> files;

  void add(const std::string& name, const std::string& text = "",
           const std::vector<std::string>& appends = {}) {
    files.push_back({folder.write(name, text), appends, "", 0});
  }
  std::string of(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& path : recipe::candidates(files, name, folder.path()))
      names.push_back(base_name(path));
    std::sort(names.begin(), names.end());
    return join(names, " ");
  }
};

}  // namespace

TEST_CASE("recipe: the recipe of a name is looked for in files of that name", "[recipe]") {
  Recipes recipes;
  recipes.add("busybox_1.37.0.bb");
  recipes.add("busybox_git.bb");
  recipes.add("busybox-inittab_1.0.bb");
  recipes.add("box_1.0.bb");
  CHECK(recipes.of("busybox") == "busybox_1.37.0.bb busybox_git.bb");
  CHECK(recipes.of("busy") == "");
}

TEST_CASE("recipe: what a variant adds to a name may be anything before or after a '-'",
          "[recipe]") {
  Recipes recipes;
  recipes.add("zlib_1.bb");
  recipes.add("lib_1.bb");
  for (const char* name : {"zlib-native", "nativesdk-zlib", "lib32-zlib", "lib32-zlib-initial"})
    CHECK(recipes.of(name) == "zlib_1.bb");
  CHECK(recipes.of("lib-native") == "lib_1.bb");
}

TEST_CASE("recipe: a file that writes PN is looked at where the value may become the name",
          "[recipe]") {
  Recipes recipes;
  recipes.add("a_1.bb", "PN = \"gcc-cross-${TARGET_ARCH}\"\n");
  recipes.add("b_1.bb", "PN = \"gdb-cross\"\n");
  recipes.add("c_1.bb", "PN .= \"-x\"\n");
  recipes.add("d_1.bb", "python () {\n    d.setVar('PN', 'any')\n}\n");
  recipes.add("e_1.bb", "PNX = \"gcc-cross-y\"\nSUMMARY = \"the PN = of it\"\n");
  recipes.add("f_1.bb", "PN:class-upstream = \"gdb-cross\"\n");
  recipes.add("g_1.bb", "PN:append = \"-x\"\n");
  recipes.add("h_1.bb", "PN:${X} = \"y\"\n");
  CHECK(recipes.of("gcc-cross-x86_64") == "a_1.bb c_1.bb d_1.bb g_1.bb h_1.bb");
  CHECK(recipes.of("gdb-cross") == "b_1.bb c_1.bb d_1.bb f_1.bb g_1.bb h_1.bb");
}

TEST_CASE("recipe: what a recipe requires and what is appended to it may write PN", "[recipe]") {
  Recipes recipes;
  std::string append = recipes.folder.write("more.bbappend", "PN = \"wanted\"\n");
  recipes.folder.write("near/common-2.inc", "require conf/far.inc\n");
  recipes.folder.write("conf/far.inc", "PN ?= \"wan${X}\"\nrequire conf/far.inc\n");
  recipes.add("near/one_2.bb", "require common-${PV}.inc\ninclude nowhere.inc\n");
  recipes.add("two_1.bb", "", {append});
  recipes.add("three_1.bb", "require ${BPN}-none.inc\n");
  CHECK(recipes.of("wanted") == "one_2.bb two_1.bb");
  CHECK(recipes.of("warm") == "");
}
