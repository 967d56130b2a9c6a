// SPDX-License-Identifier: Apache-2.0
// What Python code of a recipe learns from outside of the datastore.

#include <sys/stat.h>
#include <unistd.h>

#include "tests/recipe/kept_world.h"
#include "tests/support/catch.h"

using namespace hitz;
using testing::Cache;
using testing::KeptWorld;
using testing::Parsed;

namespace {

constexpr const char* kOther = R"(--> data/text
one
--> data/shades.py
NAME = 'dark'
--> data/folder/a
--> core/recipes/other_1.bb
SUMMARY = "asks nothing"
--> core/recipes/asks_1.bb
)";

/// A world with a recipe that asks nothing and one whose SUMMARY is a Python expression; DATA is
/// the folder that it asks about.
class Asking {
 public:
  explicit Asking(const std::string& expression)
      : world_(kOther + ("DATA = \"@ROOT@/data\"\ndo_build[vardeps] += \"SUMMARY\"\n"
                         "SUMMARY = \"${@" +
                         expression + "}\"\n")) {
    world_.retells = true;
    Parsed first = world_.parse();
    REQUIRE(first.error.empty());
    REQUIRE(first.parsed == "asks_1.bb other_1.bb");
  }

  KeptWorld& world() { return world_; }
  std::string at(const std::string& name) const { return world_.at("data/" + name); }

  /// What another parse evaluates; it must give what a parse without a cache gives.
  std::string evaluated() const {
    Parsed kept = world_.parse(), anew = world_.parse(Cache::Off);
    CHECK(kept.error == anew.error);
    CHECK(kept.records == anew.records);
    return kept.parsed;
  }

 private:
  KeptWorld world_;
};

}  // namespace

TEST_CASE("recipe: a file that Python code opens counts by its content", "[recipe]") {
  for (const char* expression :
       {"open(d.getVar('DATA') + '/text').read().strip()",
        "__import__('pathlib').Path(d.getVar('DATA'), 'text').read_text().strip()",
        "os.read(os.open(d.getVar('DATA') + '/text', os.O_RDONLY), 9).decode().strip()"}) {
    INFO(expression);
    Asking asking(expression);
    CHECK(asking.evaluated().empty());
    asking.world().write("data/text", "one\n");
    CHECK(asking.evaluated().empty());
    asking.world().write("data/text", "two\n");
    CHECK(asking.evaluated() == "asks_1.bb");
    CHECK(asking.evaluated().empty());
  }
}

TEST_CASE("recipe: a folder that Python code lists counts by what is in it", "[recipe]") {
  for (const char* expression : {"' '.join(sorted(os.listdir(d.getVar('DATA') + '/folder')))",
                                 "len(list(os.walk(d.getVar('DATA'))))",
                                 "' '.join(sorted(__import__('glob').glob(d.getVar('DATA') + "
                                 "'/folder/*')))"}) {
    INFO(expression);
    Asking asking(expression);
    CHECK(asking.evaluated().empty());
    asking.world().write("data/folder/b/c", "");
    CHECK(asking.evaluated() == "asks_1.bb");
    CHECK(asking.evaluated().empty());
  }
}

TEST_CASE("recipe: whether something is there counts where Python code has asked", "[recipe]") {
  for (const char* expression :
       {"os.path.exists(d.getVar('DATA') + '/new')", "os.path.isfile(d.getVar('DATA') + '/new')",
        "os.path.lexists(d.getVar('DATA') + '/new')",
        "__import__('pathlib').Path(d.getVar('DATA'), 'new').exists()",
        "bb.utils.which(d.getVar('DATA'), 'new')",
        "len(__import__('glob').glob(d.getVar('DATA') + '/new'))"}) {
    INFO(expression);
    Asking asking(expression);
    asking.world().write("data/unasked", "");
    CHECK(asking.evaluated().empty());
    asking.world().write("data/new", "");
    CHECK(asking.evaluated() == "asks_1.bb");
    CHECK(asking.evaluated().empty());
    asking.world().remove("data/new");
    CHECK(asking.evaluated() == "asks_1.bb");
  }
}

TEST_CASE("recipe: what kind of thing is there counts where Python code has asked", "[recipe]") {
  Asking asking("os.path.isdir(d.getVar('DATA') + '/new')");
  asking.world().write("data/new", "");
  CHECK(asking.evaluated().empty());
  asking.world().remove("data/new");
  asking.world().write("data/new/a", "");
  CHECK(asking.evaluated() == "asks_1.bb");
  asking.world().write("data/new/b", "");
  CHECK(asking.evaluated().empty());
}

TEST_CASE("recipe: where links lead to counts where Python code has asked", "[recipe]") {
  for (const char* expression :
       {"os.path.realpath(d.getVar('DATA') + '/link/below').rsplit('/', 2)[1]",
        "os.path.islink(d.getVar('DATA') + '/link') and os.readlink(d.getVar('DATA') + '/link')"}) {
    INFO(expression);
    Asking asking(expression);
    CHECK(asking.evaluated().empty());
    REQUIRE(::symlink("folder", asking.at("link").c_str()) == 0);
    CHECK(asking.evaluated() == "asks_1.bb");
    CHECK(asking.evaluated().empty());
    asking.world().remove("data/link");
    REQUIRE(::symlink("nowhere", asking.at("link").c_str()) == 0);
    CHECK(asking.evaluated() == "asks_1.bb");
  }
}

TEST_CASE("recipe: the size, the time and the mode of a file count where Python code has asked",
          "[recipe]") {
  SECTION("size") {
    Asking asking("os.path.getsize(d.getVar('DATA') + '/text')");
    CHECK(asking.evaluated().empty());
    asking.world().write("data/text", "more\n");
    CHECK(asking.evaluated() == "asks_1.bb");
  }
  SECTION("mode") {
    Asking asking("os.access(d.getVar('DATA') + '/text', os.X_OK)");
    CHECK(asking.evaluated().empty());
    REQUIRE(::chmod(asking.at("text").c_str(), 0755) == 0);
    CHECK(asking.evaluated() == "asks_1.bb");
    CHECK(asking.evaluated().empty());
  }
}

TEST_CASE("recipe: a variable of the process counts where Python code has asked", "[recipe]") {
  for (const char* expression :
       {"os.environ.get('SHADE')", "os.getenv('SHADE')", "'SHADE' in os.environ",
        "sorted(os.environ)", "os.environ.copy().get('SHADE')"}) {
    INFO(expression);
    Asking asking(expression);
    asking.world().environment["SHADE"] = "dark";
    CHECK(asking.evaluated().empty());  // BitBake does not let it through
    asking.world().environment["BB_ENV_PASSTHROUGH_ADDITIONS"] = "SHADE";
    CHECK(asking.evaluated() == "asks_1.bb");
    CHECK(asking.evaluated().empty());
  }
}

TEST_CASE("recipe: Python code that runs a program is run each time", "[recipe]") {
  for (const char* expression :
       {"__import__('subprocess').getoutput('cat ' + d.getVar('DATA') + '/text')",
        "os.popen('cat ' + d.getVar('DATA') + '/text').read().strip()"}) {
    INFO(expression);
    Asking asking(expression);
    CHECK(asking.evaluated() == "asks_1.bb");
    asking.world().write("data/text", "two\n");
    CHECK(asking.evaluated() == "asks_1.bb");
  }
}

TEST_CASE("recipe: a module that Python code finds in a folder of its own counts", "[recipe]") {
  Asking asking(
      "(__import__('sys').path.insert(0, d.getVar('DATA')), __import__('shades').NAME)[1]");
  CHECK(asking.evaluated().empty());
  asking.world().write("data/shades.py", "NAME = 'very dark'\n");
  CHECK(asking.evaluated().starts_with("asks_1.bb"));
  CHECK(asking.evaluated().empty());
}
